import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvFiles } from '../../../recorder/csv/columns.ts';
import { mergeFolder } from '../../../recorder/merge/mergeFolder.ts';
import { manifestText } from '../../../recorder/csv/manifestText.ts';
import type { Manifest } from '../../../recorder/run/manifest.ts';
import { verifyFolder } from '../../../recorder/verify/verifyFolder.ts';
import {
  type Answered,
  recordShards,
  recordWhole,
  type Shown,
  temporaryFolder,
  tickAt,
} from './shardedRun.ts';
import { changeLines, replaceIn } from '../verify/changing.ts';

const ids = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'];

const answered: fc.Arbitrary<Answered> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      containers: fc.shuffledSubarray(ids),
      samples: fc.nat(2),
      comm: fc.constantFrom('sh', 'a,b', '=1', 'two\nlines'.replace('\n', ' ')),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ error: 'timeout: it took too long' }, { error: 'too_large: 9' }),
  },
);

const names = ['node-a', 'node-b', 'node-c', 'x,y', 'node-d', '=z'];

const shownRuns: fc.Arbitrary<Shown> = fc.shuffledSubarray(names, { minLength: 1 }).chain((targets) =>
  fc.record({
    targets: fc.constant(targets),
    ticks: fc.array(
      fc.record(Object.fromEntries(targets.map((name) => [name, answered])), {
        // Most are there on most ticks.
        requiredKeys: targets.slice(1),
      }),
      { maxLength: 6 },
    ),
    marks: fc.dictionary(fc.nat(5).map(String), fc.constantFrom('warm', '=load, "on"')),
  }),
);

function lines(folder: string, name: string): readonly string[] {
  return readFileSync(join(folder, name), 'utf8').split('\n');
}

/** Without the rows of recorders: what they cost is no reading of a daemon. */
function daemonLines(folder: string, name: string): string {
  return lines(folder, name)
    .filter((line) => !/^[^,]*,,recorder[,/]/.test(line))
    .join('\n');
}

test('the parts of a run are put together byte for byte to what one recorder writes', async () => {
  await fc.assert(
    fc.asyncProperty(shownRuns, fc.integer({ min: 1, max: 4 }), async (shown, shards) => {
      const folder = temporaryFolder();
      const whole = await recordWhole(join(folder, 'one'), shown);
      const parts = await recordShards(join(folder, 'many'), shown, shards);
      const { path } = await mergeFolder(parts, join(folder, 'merged'));

      for (const { name } of csvFiles)
        expect([name, daemonLines(path, name)]).toEqual([name, daemonLines(whole, name)]);
      const own = lines(path, 'scrapes.csv').flatMap(
        (line) => /^([^,]*),,(recorder[^,]*),/.exec(line)?.slice(1).join(' ') ?? [],
      );
      const time = (tick: number) => new Date(tickAt(tick) * 1000).toISOString();
      expect(own).toEqual(
        shown.ticks.flatMap((_, tick) =>
          Array.from({ length: shards }, (__, shard) => `${time(tick)} recorder/shard=${shard}`),
        ),
      );

      const [merged, single] = [path, whole].map(manifestOf);
      for (const key of [
        'run',
        'start',
        'stop',
        'labels',
        'settings',
        'ticks',
        'coverage',
        'alignment',
        'clocks',
        'events',
        'marks',
      ] as const) {
        expect([key, merged?.[key]]).toEqual([key, single?.[key]]);
      }
      const daemonsOf = (manifest?: Manifest) => manifest?.daemons.map(({ name }) => name);
      expect(daemonsOf(merged)).toEqual(daemonsOf(single));
      const { isVerified, findings, ticks } = await verifyFolder(path, { isCopy: true });
      expect(findings).toEqual([]);
      expect({ isVerified, ticks }).toEqual({ isVerified: true, ticks: shown.ticks.length });
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    }),
    { numRuns: 25 },
  );
});

const steady = { containers: ['aaaaaaaaaaaa'] };
const all = ['node-0', 'node-1', 'node-2', 'node-5', 'node-8'];

/** Six ticks on which every node shows the same. */
function steadyRun(targets: readonly string[] = all): Shown {
  const tick = Object.fromEntries(targets.map((name) => [name, steady]));
  return { targets, ticks: Array.from({ length: 6 }, () => tick), marks: { 2: 'warm', 4: 'done' } };
}

async function verified(path: string): Promise<void> {
  const { isVerified, findings } = await verifyFolder(path, { isCopy: true });
  expect({ isVerified, findings }).toEqual({ isVerified: true, findings: [] });
}

test('a shard that was late, or away, has gaps; the others have the ticks', async () => {
  const folder = temporaryFolder();
  const shown = steadyRun();
  // node-0 and node-2 are shard 1's.
  const parts = await recordShards(folder, shown, 3, (shard, tick) => shard !== 1 || ![0, 3].includes(tick));
  const { path, manifest } = await mergeFolder(parts, join(folder, 'merged'));
  await verified(path);
  const seen = {
    ...shown,
    ticks: shown.ticks.map((tick, index) =>
      [0, 3].includes(index) ? without(tick, 'node-0', 'node-2') : tick,
    ),
  };
  const whole = await recordWhole(join(folder, 'one'), seen);
  for (const { name } of csvFiles.filter((file) => !['events.csv', 'containers.csv'].includes(file.name))) {
    expect([name, daemonLines(path, name)]).toEqual([name, daemonLines(whole, name)]);
  }
  expect(manifest.ticks).toMatchObject({ planned: 6, done: 6, dropped: 0 });
  expect(manifest.coverage.map(({ target, covered, planned }) => [target, covered, planned])).toEqual(
    expect.arrayContaining([
      ['node-0', 4, 6],
      ['node-1', 6, 6],
    ]),
  );
  expect(lines(path, 'events.csv').filter((line) => line.includes('tick_dropped'))).toEqual([
    expect.stringContaining('00:00:00.000Z,tick_dropped,,recorder/shard=1,,The recorder was held up.'),
    expect.stringContaining('00:00:15.000Z,tick_dropped,,recorder/shard=1,,The recorder was held up.'),
  ]);
  expect(manifest.verdict.verdict).toBe('inconclusive');
  expect(manifest.verdict.reasons).toEqual([
    'Target node-0 was not yet or no longer a target on 2 of 6 ticks.',
    'Target node-2 was not yet or no longer a target on 2 of 6 ticks.',
    'Shard 1: 2 of 6 ticks were dropped. The first: The recorder was held up.',
  ]);
});

function without(tick: Readonly<Record<string, Answered>>, ...left: readonly string[]) {
  return Object.fromEntries(Object.entries(tick).filter(([name]) => !left.includes(name)));
}

test('what is broken off before it begins leaves nothing', async () => {
  const folder = temporaryFolder();
  const parts = await recordShards(folder, steadyRun(), 2);
  const before = readdirSync(folder);
  const signal = AbortSignal.abort(new Error('broken off'));
  await expect(mergeFolder(parts, join(folder, 'merged'), { signal })).rejects.toThrow('broken off');
  expect(readdirSync(folder)).toEqual(before);
});

test('a tick that no shard has is dropped', async () => {
  const folder = temporaryFolder();
  const parts = await recordShards(folder, steadyRun(), 2, (_, tick) => tick !== 2);
  const { path, manifest } = await mergeFolder(parts, join(folder, 'merged'));
  await verified(path);
  expect(manifest.ticks).toMatchObject({ planned: 6, done: 5, dropped: 1 });
  expect(manifest.verdict.reasons).toEqual([
    '1 of 6 ticks were dropped. The first: The recorder was held up.',
  ]);
});

test('without the part of a shard it is inconclusive, and that is told', async () => {
  const folder = temporaryFolder();
  const parts = await recordShards(folder, steadyRun(), 3);
  rmSync(join(parts, 'shard=2'), { recursive: true });
  const { path, manifest } = await mergeFolder(parts, join(folder, 'merged'));
  await verified(path);
  expect(manifest.missingShards).toEqual([2]);
  expect(manifest.verdict).toMatchObject({
    verdict: 'inconclusive',
    reasons: ['The part of shard 2 of 3 (0 to 2) is missing: nothing is known of its daemons.'],
  });
  // What is there is all the same that of one recorder.
  const rest = all.filter((name) => name !== 'node-8');
  const whole = await recordWhole(join(folder, 'one'), steadyRun(rest));
  for (const { name } of csvFiles) expect(daemonLines(path, name)).toBe(daemonLines(whole, name));
});

test('a mark that all shards have is one mark of the run', async () => {
  const folder = temporaryFolder();
  const parts = await recordShards(folder, steadyRun(), 3);
  const { path, manifest } = await mergeFolder(parts, join(folder, 'merged'));
  expect(manifest.marks.map(({ label }) => label)).toEqual(['warm', 'done']);
  expect(lines(path, 'marks.csv')).toEqual([
    'timestamp,label',
    '2026-01-01T00:00:07.500Z,warm',
    '2026-01-01T00:00:17.500Z,done',
    '',
  ]);
});

test('a part that was never stopped is merged up to its last commit, and told', async () => {
  const folder = temporaryFolder();
  const parts = await recordShards(folder, steadyRun(), 3);
  changeManifest(join(parts, 'shard=0'), (manifest) => ({
    ...manifest,
    stop: undefined,
    state: 'recording',
  }));
  const { manifest } = await mergeFolder(parts, join(folder, 'merged'));
  expect(manifest).toMatchObject({ state: 'stopped', stop: '2026-01-01T00:00:29.000Z' });
  expect(manifest.verdict).toMatchObject({
    verdict: 'degraded',
    reasons: [
      'Shard 0: it was not stopped when it was merged, and goes up to 2026-01-01T00:00:25.000Z or later.',
    ],
  });
});

function manifestOf(folder: string): Manifest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the writer under test
  return JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Manifest;
}

function changeManifest(folder: string, change: (manifest: Manifest) => object): void {
  writeFileSync(join(folder, 'run.json'), manifestText({ ...change(manifestOf(folder)), sha256: undefined }));
}

test.each([
  [
    'parts of other runs',
    (parts: string) => {
      changeManifest(join(parts, 'shard=1'), (manifest) => ({ ...manifest, run: 'other' }));
    },
    'shard 0 and shard 1 are not of one run: run is run in one and other in the other. Merge parts of one run only.',
  ],
  [
    'parts of so many shards and of others',
    (parts: string) => {
      changeManifest(join(parts, 'shard=2'), (manifest) => ({ ...manifest, shards: 4 }));
    },
    'shard 0 and shard 2 are not of one run: shards is 3 in one and 4 in the other.',
  ],
  [
    'parts that were agreed on for other ticks',
    (parts: string) => {
      for (const [shard, second] of [0, 1, 2].entries()) {
        changeManifest(join(parts, `shard=${shard}`), (manifest) => ({
          ...manifest,
          settings: { ...manifest.settings, firstTick: `2026-01-01T00:00:0${second}.000Z` },
        }));
      }
    },
    'shard 0 and shard 1 are not of one run: settings.firstTick is 2026-01-01T00:00:00.000Z in one and 2026-01-01T00:00:01.000Z in the other.',
  ],
  [
    'a part that was over before the others began',
    (parts: string) => {
      const [start, stop] = ['2025-01-01T00:00:00.000Z', '2025-01-01T01:00:00.000Z'];
      changeManifest(join(parts, 'shard=2'), (manifest) => ({ ...manifest, start, stop }));
    },
    'shard 0 and shard 2 are not of one run: one began at 2025-12-31T23:59:58.000Z and the other at 2025-01-01T00:00:00.000Z, and they were never on together.',
  ],
  [
    'a part in the folder of another',
    (parts: string) => {
      renameSync(join(parts, 'shard=2'), join(parts, 'shard=3'));
    },
    'shard=3 cannot be merged: its run.json is that of shard 2.',
  ],
  [
    'a part with a byte changed',
    (parts: string) => {
      replaceIn(join(parts, 'shard=1', 'node.csv'), ',0,', ',9,');
    },
    'shard=1/node.csv cannot be merged: its content (SHA-256) is not what was recorded. kubemon verify says what is wrong.',
  ],
  [
    'a part with a row less',
    (parts: string) => {
      changeLines(join(parts, 'shard=1', 'scrapes.csv'), (rows) => rows.slice(0, -1));
    },
    'shard=1/scrapes.csv cannot be merged: its end at byte ',
  ],
  [
    'a folder without parts',
    (parts: string) => {
      for (const name of readdirSync(parts)) rmSync(join(parts, name), { recursive: true });
    },
    'has no parts to merge: no folders shard=0, shard=1 and so on.',
  ],
])('%s are refused with a sentence, and nothing is left', async (_, change, sentence) => {
  const folder = temporaryFolder();
  const parts = await recordShards(join(folder, 'parts'), steadyRun(), 3);
  change(parts);
  await expect(mergeFolder(parts, join(folder, 'merged'))).rejects.toThrow(sentence);
  expect(readdirSync(folder)).toEqual(['parts']);
});

test('a folder that is there already is left as it is', async () => {
  const folder = temporaryFolder();
  const parts = await recordShards(join(folder, 'parts'), steadyRun(), 2);
  await expect(mergeFolder(parts, folder)).rejects.toThrow(`${folder} exists already and is left as it is`);
});
