import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RecorderClient } from '../../../recorder/cli/client.ts';
import { exportFolder } from '../../../recorder/export/exportRun.ts';
import { mergeFolder } from '../../../recorder/merge/mergeFolder.ts';
import type { Manifest } from '../../../recorder/run/manifest.ts';
import { summarizeFolder } from '../../../recorder/summary/summarizeRun.ts';
import { verifyFolder } from '../../../recorder/verify/verifyFolder.ts';
import { temporaryFolder } from '../merge/shardedRun.ts';
import { changeLines } from '../verify/changing.ts';
import { recordsOf } from '../read/handmadeRun.ts';
import { nodes, shardedRecorders } from './shardedRecorders.ts';

const sharded = shardedRecorders();

function manifestIn(folder: string): Manifest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the recorder under test
  return JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Manifest;
}

/** The run with all its parts, in the OUTPUT_DIR of the first recorder, until the test is over. */
async function withAllParts(use: (client: RecorderClient) => Promise<void>): Promise<void> {
  const [recorder] = sharded.recorders;
  if (recorder === undefined) throw new Error('There is no recorder.');
  const run = join(recorder.outputDir, 'all');
  cpSync(sharded.parts, run, { recursive: true });
  try {
    await use(new RecorderClient({ host: recorder.url.replace('http://', '') }));
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
}

test('each recorder writes a part of its own, with its daemons alone', () => {
  const found = sharded.recorders.map(({ outputDir }) => readdirSync(join(outputDir, 'run')));
  expect(found).toEqual([['shard=0'], ['shard=1'], ['shard=2']]);
  const manifests = [0, 1, 2].map((shard) => manifestIn(join(sharded.parts, `shard=${shard}`)));
  expect(manifests.map(({ shard, shards, verdict }) => [shard, shards, verdict.verdict])).toEqual([
    [0, 3, 'valid'],
    [1, 3, 'valid'],
    [2, 3, 'valid'],
  ]);
  expect(manifests.map(({ daemons }) => daemons.map(({ name }) => name))).toEqual([
    ['node-1', 'node-5'],
    ['node-0', 'node-2'],
    ['node-8'],
  ]);
});

test('one of the parts, and all of them, are verified', async () => {
  for (const shard of [0, 1, 2]) {
    const { isVerified, findings } = await verifyFolder(join(sharded.parts, `shard=${shard}`));
    expect({ isVerified, findings }).toEqual({ isVerified: true, findings: [] });
  }
  const { isVerified, run, state, findings, files, ticks } = await verifyFolder(sharded.parts);
  expect({ isVerified, run, state, findings }).toEqual({
    isVerified: true,
    run: 'run',
    state: 'stopped',
    findings: [],
  });
  expect(ticks).toBeGreaterThanOrEqual(3);
  expect(files.map(({ name }) => name)).toContain('shard=2/process.csv');
});

test('damage of a part is told with its place, a part that is not there by its name', async () => {
  const folder = temporaryFolder();
  cpSync(sharded.parts, folder, { recursive: true });
  rmSync(join(folder, 'shard=0'), { recursive: true });
  changeLines(join(folder, 'shard=1', 'node.csv'), (lines) => lines.slice(0, -1));
  const { isVerified, findings } = await verifyFolder(folder);
  expect(isVerified).toBe(false);
  expect(findings).toContainEqual({
    file: 'shard=0',
    severity: 'note',
    sentence: 'is not here: it was not verified, and nothing is known of its daemons',
  });
  expect(findings).toContainEqual(expect.objectContaining({ file: 'shard=1/node.csv', severity: 'damage' }));
});

test('a recorder lists it, tells its run.json, serves its files and deletes it', async () => {
  await withAllParts(async (client) => {
    const { runs } = await client.runs();
    expect(runs.find(({ run }) => run === 'all')).toMatchObject({
      shards: 3,
      state: 'stopped',
      verdict: 'valid',
    });
    expect(runs.find(({ run }) => run === 'run')).toMatchObject({ shard: 0, shards: 3 });
    const { manifest } = await client.run('all');
    expect(manifest).toMatchObject({ parts: [0, 1, 2], shards: 3, expected: { count: 5 } });
    expect(manifest.daemons.map(({ name }) => name)).toEqual(nodes);
    const [recorder] = sharded.recorders;
    const file = await fetch(`${recorder?.url}/runs/all/shard=1/node.csv`);
    expect(await file.text()).toBe(readFileSync(join(sharded.parts, 'shard=1', 'node.csv'), 'utf8'));
    expect((await fetch(`${recorder?.url}/runs/all/shard=1/.resume.jsonl`)).status).toBe(404);
    expect((await fetch(`${recorder?.url}/runs/all/shard=1/..%2F..%2Frun`)).status).toBe(404);
    expect((await fetch(`${recorder?.url}/runs/all/shard=7/node.csv`)).status).toBe(404);
    expect(await client.remove('all')).toEqual({ message: 'Deleted run all.' });
    expect(existsSync(join(recorder?.outputDir ?? '', 'all'))).toBe(false);
  });
});

test('a part that holds what is no file of a run is not deleted', async () => {
  await withAllParts(async (client) => {
    const [recorder] = sharded.recorders;
    const foreign = join(recorder?.outputDir ?? '', 'all', 'shard=1', 'notes.txt');
    writeFileSync(foreign, 'mine');
    await expect(client.remove('all')).rejects.toThrow(
      'Run all also holds "shard=1/notes.txt", which is no file of a run: move it away first.',
    );
    expect(readFileSync(foreign, 'utf8')).toBe('mine');
  });
});

test('it is fetched part by part, or merged', async () => {
  await withAllParts(async (client) => {
    const folder = temporaryFolder();
    const fetched = await client.fetch('all', folder);
    expect(fetched).toMatchObject({ path: join(folder, 'all'), parts: 3, verified: 36 });
    expect(readdirSync(join(folder, 'all')).toSorted()).toEqual(['shard=0', 'shard=1', 'shard=2']);
    expect((await verifyFolder(join(folder, 'all'), { isCopy: true })).findings).toEqual([]);

    await expect(client.fetch('all', folder, { merge: true })).rejects.toThrow(
      'exists already and is left as it is',
    );
    const merged = await client.fetch('all', join(folder, 'merged'), { merge: true });
    expect(merged.path).toBe(join(folder, 'merged', 'all'));
    expect(readdirSync(join(folder, 'merged'))).toEqual(['all']);
    const { findings, isVerified } = await verifyFolder(merged.path, { isCopy: true });
    expect({ findings, isVerified }).toEqual({ findings: [], isVerified: true });
    expect(manifestIn(merged.path)).toMatchObject({ shards: 3, verdict: { verdict: 'valid', reasons: [] } });
    const rows = recordsOf(readFileSync(join(merged.path, 'node.csv'), 'utf8'));
    expect(rows.slice(0, 5).map(({ node }) => node)).toEqual(nodes);
    expect(new Set(rows.slice(0, 5).map(({ timestamp }) => timestamp)).size).toBe(1);

    // What is no run of parts comes as it is.
    mkdirSync(join(folder, 'again'));
    const [recorder] = sharded.recorders;
    cpSync(merged.path, join(recorder?.outputDir ?? '', 'whole'), { recursive: true });
    const whole = await client.fetch('whole', join(folder, 'again'), { merge: true });
    expect(whole.parts).toBeUndefined();
    expect((await client.summary('whole')).usage.node).toHaveLength(5);
    await client.remove('whole');
  });
});

test('summary and export read the parts as one run, from a folder and from a recorder', async () => {
  const folder = temporaryFolder();
  const { path } = await mergeFolder(sharded.parts, join(folder, 'merged'));
  const expected = await summarizeFolder(path);
  expect(expected.usage.node).toHaveLength(5);
  expect(await summarizeFolder(sharded.parts)).toEqual({ ...expected, path: sharded.parts });
  await withAllParts(async (client) => {
    expect(await client.summary('all')).toEqual({ ...expected, path: 'all' });
    const options = { format: 'deltas', output: join(folder, 'deltas') } as const;
    await client.export('all', options);
    await exportFolder(path, { ...options, output: join(folder, 'deltas-merged') });
    for (const name of readdirSync(options.output)) {
      expect(readFileSync(join(options.output, name), 'utf8')).toBe(
        readFileSync(join(folder, 'deltas-merged', name), 'utf8'),
      );
    }
  });
});

test('a run of that name is not started beside its parts, nor parts within a run', async () => {
  const [recorder] = sharded.recorders;
  await expect(recorder?.control.start({ run: 'run', interval: 0.5 })).rejects.toThrow('Run run exists in ');
  cpSync(join(sharded.parts, 'shard=0'), join(recorder?.outputDir ?? '', 'whole'), { recursive: true });
  await expect(recorder?.control.start({ run: 'whole', interval: 0.5 })).rejects.toThrow(
    'Run whole exists in ',
  );
  rmSync(join(recorder?.outputDir ?? '', 'whole'), { recursive: true });
});
