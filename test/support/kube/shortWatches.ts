import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { KubernetesApi } from '../../../exporter/serve/kubernetes/api.ts';

export interface ShortWatches {
  /** The API, as seen through it. */
  readonly api: KubernetesApi;
  /** Lists and watches, and what each was answered with: status and body. */
  readonly calls: readonly {
    readonly kind: 'list' | 'watch';
    readonly status: number;
    readonly body: string;
  }[];
  close(): void;
}

/**
 * A proxy through which the server ends watches after a second, not after minutes: they are opened again
 * from where they ended so much the more often.
 */
export async function shortWatches(api: KubernetesApi): Promise<ShortWatches> {
  const calls: ShortWatches['calls'][number][] = [];
  const server = createServer((asked, answer) => {
    const url = new URL(asked.url ?? '', api.server);
    const kind = url.searchParams.has('watch') ? 'watch' : 'list';
    if (kind === 'watch') url.searchParams.set('timeoutSeconds', '1');
    void pass(url, answer).then(
      ({ status, body }) => calls.push({ kind, status, body }),
      () => answer.destroy(),
    );
  });

  async function pass(url: URL, answer: ServerResponse) {
    const options = await api.options();
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(url, options, resolve).on('error', reject).end();
      answer.on('close', () => sent.destroy());
    });
    const status = answered.statusCode ?? 0;
    answer.writeHead(status, answered.headers);
    answered.pipe(answer);
    return { status, body: await text(answered) };
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return {
    api: {
      server: `http://127.0.0.1:${address.port}`,
      namespace: api.namespace,
      options: () => Promise.resolve({}),
    },
    calls,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
