import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Manifest } from '../../../recorder/run/manifest.ts';
import { verifyFolder } from '../../../recorder/verify/verifyFolder.ts';
import { temporaryFolder } from '../merge/shardedRun.ts';
import { until } from '../../support/until.ts';
import { kubemon, loopbackExporter, machine } from '../run/loopbackExporter.ts';
import { serve } from '../scrape/serve.ts';
import { loopbackRecorder, type LoopbackRecorder } from '../run/loopbackRecorder.ts';

const shardOfThree = { SHARDS: '3', SHARD: '1' };

/** A recorder of node-0, which belongs to the second of three shards. */
async function recorderOn(
  OUTPUT_DIR: string,
  shard: Readonly<Record<string, string>>,
): Promise<LoopbackRecorder> {
  const exporter = await loopbackExporter(kubemon(machine('node-0')));
  onTestFinished(() => exporter.close());
  return loopbackRecorder({ 'node-0': exporter.url }, { OUTPUT_DIR, ...shard });
}

/** OUTPUT_DIR with a run, or a part of one, that its recorder was told to leave. */
async function suspended(shard: Readonly<Record<string, string>> = shardOfThree): Promise<string> {
  const outputDir = temporaryFolder();
  const recorder = await recorderOn(outputDir, shard);
  await recorder.control.start({ run: 'run', interval: 0.5 });
  await until('a tick is done', () => (recorder.control.status().recording?.ticks.done ?? 0) >= 1);
  await recorder.suspend();
  rmSync(recorder.outputDir, { recursive: true });
  return outputDir;
}

function manifestIn(outputDir: string, folder = 'run/shard=1'): Manifest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the recorder under test
  return JSON.parse(readFileSync(join(outputDir, folder, 'run.json'), 'utf8')) as Manifest;
}

test('a shard goes on with its part of a run, and records its gap', async () => {
  const outputDir = await suspended();
  // What a crash left while a part was being made.
  const left = join(outputDir, 'run', '.shard=1.0b1c2d3e-0000-4000-8000-000000000000');
  mkdirSync(left);
  const { control, close } = await recorderOn(outputDir, shardOfThree);
  onTestFinished(close);
  await until('it goes on', () => (control.status().recording?.ticks.done ?? 0) >= 3);
  await control.stop();
  expect(existsSync(left)).toBe(false);
  expect(readdirSync(join(outputDir, 'run'))).toEqual(['shard=1']);
  expect(manifestIn(outputDir)).toMatchObject({ shard: 1, shards: 3, state: 'stopped', interruptions: [{}] });
  expect(await verifyFolder(join(outputDir, 'run'))).toMatchObject({ isVerified: true, run: 'run' });
});

test('a recorder whose port is taken leaves the run to the next', async () => {
  const outputDir = await suspended();
  const url = await serve(() => undefined);
  const taken = { ...shardOfThree, RECORDER_PORT: new URL(url).port };
  await expect(recorderOn(outputDir, taken)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(manifestIn(outputDir).state).toBe('recording');
  const { control, close } = await recorderOn(outputDir, shardOfThree);
  onTestFinished(close);
  await until('it goes on', () => (control.status().recording?.ticks.done ?? 0) >= 3);
  await control.stop();
  expect(await verifyFolder(join(outputDir, 'run'))).toMatchObject({ isVerified: true, run: 'run' });
});

test('when there are other shards meanwhile it does not, and says why', async () => {
  const outputDir = await suspended();
  const { control, close } = await recorderOn(outputDir, { SHARDS: '2', SHARD: '1' });
  onTestFinished(close);
  expect(control.current()).toBeUndefined();
  const { state, verdict } = manifestIn(outputDir);
  expect(state).toBe('interrupted');
  expect(verdict.reasons).toContain(
    'Nobody could go on with the run: it is of 3 recorders, and SHARDS is 2 now.',
  );
});

test.each([
  [
    'a run of all daemons, when there are shards',
    {},
    shardOfThree,
    'run',
    'it is of 1 recorders, and SHARDS is 3 now.',
  ],
  [
    'a part, when there are none',
    shardOfThree,
    {},
    'run/shard=1',
    'it is of 3 recorders, and SHARDS is 1 now.',
  ],
])('%s, is told not to be gone on with', async (_, before, after, folder, why) => {
  const outputDir = await suspended(before);
  const { control, close } = await recorderOn(outputDir, after);
  onTestFinished(close);
  expect(control.current()).toBeUndefined();
  const { state, verdict } = manifestIn(outputDir, folder);
  expect(state).toBe('interrupted');
  expect(verdict.reasons).toContain(`Nobody could go on with the run: ${why}`);
});
