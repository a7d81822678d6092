import { onTestFinished } from 'vitest';
import { freePort } from '../../support/freePort.ts';
import { type Behaviour, kubemon, loopbackExporter, machine } from '../run/loopbackExporter.ts';
import { loopbackRecorder, type LoopbackRecorder } from '../run/loopbackRecorder.ts';
import { serve } from '../scrape/serve.ts';

/** What another shard answers to a path with its query. */
export type Other = (path: string) => { readonly status: number; readonly body: object };

/** Shard 0 of so many, with one daemon. All others answer the same. */
export async function shardWith(
  other: Other,
  {
    shards = 2,
    settings = {},
    daemon = kubemon(machine('node-1')),
  }: {
    readonly shards?: number;
    readonly settings?: Readonly<Record<string, string>>;
    readonly daemon?: Behaviour;
  } = {},
): Promise<LoopbackRecorder> {
  const exporter = await loopbackExporter(daemon);
  onTestFinished(() => exporter.close());
  const url = await serve((request, response) => {
    const { status, body } = other(request.url ?? '');
    response.writeHead(status).end(JSON.stringify(body));
  });
  const port = String(await freePort());
  const others = Array.from({ length: shards - 1 }, () => new URL(url).origin);
  const recorder = await loopbackRecorder(
    { 'node-1': exporter.url },
    {
      SHARDS: String(shards),
      SHARD: '0',
      PEERS: [`http://127.0.0.1:${port}`, ...others].join(','),
      RECORDER_PORT: port,
      ...settings,
    },
  );
  onTestFinished(() => recorder.close());
  return recorder;
}

export function refusing(status: number, message: string): Other {
  return () => ({ status, body: { message } });
}
