import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { freePort } from '../../support/freePort.ts';
import { until } from '../../support/until.ts';
import { kubemon, loopbackExporter, type LoopbackExporter, machine } from '../run/loopbackExporter.ts';
import { loopbackRecorder, type LoopbackRecorder } from '../run/loopbackRecorder.ts';

/** Nodes of three shards: the second has the first and third of them, the third has the last. */
export const nodes = ['node-0', 'node-1', 'node-2', 'node-5', 'node-8'];

export interface ShardedRecorders {
  /** Three, each with an OUTPUT_DIR of its own that has `run`, which is stopped. */
  readonly recorders: readonly LoopbackRecorder[];
  /** A folder with the parts of the run that all have recorded. */
  readonly parts: string;
}

/**
 * Once for all tests of a file.
 * @param isTogether whether they know of each other.
 */
export function shardedRecorders(isTogether = false): ShardedRecorders {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-sharded-'));
  const exporters: LoopbackExporter[] = [];
  const recorders: LoopbackRecorder[] = [];
  const parts = join(folder, 'run');

  beforeAll(async () => {
    const targets: Record<string, string> = {};
    for (const node of nodes) {
      const exporter = await loopbackExporter(kubemon(machine(node)));
      exporters.push(exporter);
      targets[node] = exporter.url;
    }
    const ports = [await freePort(), await freePort(), await freePort()];
    const PEERS = ports.map((port) => `http://127.0.0.1:${port}`).join(',');
    for (const [shard, port] of ports.entries()) {
      const own = { SHARDS: '3', SHARD: String(shard) };
      const peers = isTogether ? { PEERS, RECORDER_PORT: String(port) } : {};
      recorders.push(await loopbackRecorder(targets, { ...own, ...peers }));
    }
    await Promise.all(recorders.map(({ control }) => control.start({ run: 'run', interval: 0.5 })));
    await until('ticks are done', () =>
      recorders.every(({ control }) => (control.status().recording?.ticks.done ?? 0) >= 3),
    );
    await Promise.all(recorders.map(({ control }) => control.stop()));
    for (const { outputDir } of recorders) cpSync(join(outputDir, 'run'), parts, { recursive: true });
  }, 60_000);

  afterAll(async () => {
    for (const recorder of recorders) await recorder.close();
    for (const exporter of exporters) await exporter.close();
    rmSync(folder, { recursive: true });
  });

  return { recorders, parts };
}
