import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { KubernetesApi } from '../../../../exporter/serve/kubernetes/api.ts';

/** An API server of the test's own, for what a real one cannot be made to do. It ends with the test. */
export interface OwnApiServer {
  readonly api: KubernetesApi;
  /** What was asked for so far. */
  readonly requests: readonly URL[];
  /** Ends every connection. */
  cut(): void;
  /** Nobody listens any more. */
  stop(): Promise<void>;
}

/** @param answer to the n-th request, from 1 */
export async function startApiServer(
  answer: (response: ServerResponse, url: URL, count: number) => void,
): Promise<OwnApiServer> {
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://api');
    requests.push(url);
    response.setHeader('content-type', 'application/json');
    answer(response, url, requests.length);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  const stop = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  onTestFinished(stop);
  return {
    api: {
      server: `http://127.0.0.1:${address.port}`,
      namespace: 'default',
      options: async () => Promise.resolve({}),
    },
    requests,
    cut: () => server.closeAllConnections(),
    stop,
  };
}

export function isWatch(url: URL): boolean {
  return url.searchParams.get('watch') === 'true';
}

export function answerList(
  response: ServerResponse,
  items: readonly unknown[],
  metadata: Readonly<Record<string, string>> = { resourceVersion: '10' },
): void {
  response.end(JSON.stringify({ kind: 'List', metadata, items }));
}

/** A Status object, as every refusal is. */
export function refuse(response: ServerResponse, code: number, message: string): void {
  response.statusCode = code;
  response.end(JSON.stringify({ kind: 'Status', status: 'Failure', message, code }));
}

/** One event of a watch. */
export function tell(response: ServerResponse, type: string, object: unknown): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}
