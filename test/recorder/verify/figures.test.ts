import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../../exporter/serve/log.ts';
import { readSettings } from '../../../exporter/serve/settings.ts';
import { manifestText } from '../../../recorder/csv/manifestText.ts';
import { type Recorder, startRecorder } from '../../../recorder/main.ts';
import type { Manifest } from '../../../recorder/run/manifest.ts';
import { recorderSettings } from '../../../recorder/settings.ts';
import { verifyFolder } from '../../../recorder/verify/verifyFolder.ts';
import { until } from '../../support/until.ts';
import { kubemon, loopbackExporter, machine } from '../run/loopbackExporter.ts';
import { recordedRuns } from './recordedRuns.ts';

const runs = recordedRuns();

/** A folder whose run.json says something else, and has the sum of it: what is found. */
async function saying(run: 'stopped' | 'open', change: (manifest: Manifest) => Partial<Manifest>) {
  const folder = runs.copy(run);
  const manifest = runs.manifest(folder);
  writeFileSync(join(folder, 'run.json'), manifestText({ ...manifest, ...change(manifest) }));
  const { findings } = await verifyFolder(folder);
  return findings.filter(({ severity }) => severity === 'damage');
}

test.each<[string, (manifest: Manifest) => Partial<Manifest>, RegExp]>([
  [
    'a tick more',
    ({ ticks }) => ({ ticks: { ...ticks, done: ticks.done + 1, planned: ticks.planned + 1 } }),
    /^ticks\.done is \d+, but by scrapes\.csv it is \d+$/,
  ],
  [
    'a tick dropped that was not',
    ({ ticks }) => ({ ticks: { ...ticks, dropped: 5, planned: ticks.done + 5 } }),
    /^ticks\.planned is \d+, but between its first and last tick, or its start and stop, are \d+$/,
  ],
  [
    'a sum of ticks that is none',
    ({ ticks }) => ({ ticks: { ...ticks, planned: ticks.planned + 1 } }),
    /^ticks\.planned is \d+, but \d+ are done and 0 dropped$/,
  ],
  [
    'another first tick',
    ({ ticks }) => ({ ticks: { ...ticks, first: '2026-01-02T03:04:05.000Z' } }),
    /^ticks\.first is 2026-01-02T03:04:05\.000Z, but by scrapes\.csv it is /,
  ],
  [
    'a target better covered',
    ({ coverage }) => ({
      coverage: coverage.map((each) => ({ ...each, covered: each.planned, missed: 0, share: 1 })),
    }),
    /^coverage of other is .*"covered":\d+.*, but by scrapes\.csv it is /,
  ],
  [
    'a target that was none',
    ({ coverage }) => ({ coverage: coverage.flatMap((each) => [each, { ...each, target: 'x' }]) }),
    /^coverage names x, of which scrapes\.csv has no row$/,
  ],
  [
    'an event less',
    ({ events }) => ({ events: { ...events, container_died: 0 } }),
    /^events\.container_died is 0, but by events\.csv it is 1$/,
  ],
  [
    'an event that was not',
    ({ events }) => ({ events: { ...events, reset: 1 } }),
    /^events\.reset is 1, but by events\.csv it is absent$/,
  ],
  [
    'another mark',
    ({ marks }) => ({ marks: marks.map((mark) => ({ ...mark, label: 'x' })) }),
    /^mark 1 is .*"x".*, but in marks\.csv it is .*=load/,
  ],
  ['no mark', () => ({ marks: [] }), /^marks are 0, but marks\.csv has 1$/],
  [
    'an interruption',
    ({ start, stop = '' }) => ({ interruptions: [{ from: start, to: stop, ticks: 0 }] }),
    /^interruptions are 1, but events\.csv has 0 gaps of the recorder$/,
  ],
  [
    'other answers',
    ({ alignment }) => ({ alignment: { ...alignment, answers: 1 } }),
    /^alignment\.answers is 1, but by scrapes\.csv it is \d+$/,
  ],
  [
    'a better verdict',
    ({ verdict }) => ({ verdict: { ...verdict, verdict: 'valid', reasons: [] } }),
    /^verdict is valid, but by what the files tell it is (degraded|inconclusive)$/,
  ],
  [
    'rows that are not there',
    ({ files }) => ({
      files: files.map((file) => (file.name === 'node.csv' ? { ...file, rows: 99 } : file)),
    }),
    /^says that node\.csv has \d+ bytes, 99 rows, /,
  ],
  [
    'another sum',
    ({ files }) => ({
      files: files.map((file) => (file.name === 'node.csv' ? { ...file, sha256: '0'.repeat(64) } : file)),
    }),
    /^says that node\.csv has .* sha256 0{64}; journal\.jsonl says /,
  ],
  ['a file less', ({ files }) => ({ files: files.filter(({ name }) => name !== 'node.csv') }), /./],
])('run.json that tells of %s is found by the rows', async (_, change, sentence) => {
  const findings = await saying('stopped', change);
  expect(findings.map((finding) => finding.sentence)).toContainEqual(expect.stringMatching(sentence));
});

test('so is that of an unfinished run, by the tick that it is of', async () => {
  const fewer = await saying('open', ({ ticks }) => ({ ticks: { ...ticks, done: 77, planned: 77 } }));
  expect(fewer.map(({ sentence }) => sentence)).toContainEqual(expect.stringMatching(/^ticks\.done is 77, /));
  const other = await saying('open', ({ files }) => ({
    files: files.map((file) => ({ ...file, bytes: 1 })),
  }));
  expect(other.map(({ sentence }) => sentence)).toContainEqual(
    expect.stringMatching(
      /^says that node\.csv had 1 bytes and \d+ rows, which is so at no commit in journal\.jsonl$/,
    ),
  );
});

/** A recorder with one target, to be suspended and started again over the same folder. */
async function interruptible() {
  const outputDir = await mkdtemp(join(tmpdir(), 'kubemon-verify-'));
  onTestFinished(() => rm(outputDir, { recursive: true }));
  const one = await loopbackExporter(kubemon(machine('one')));
  onTestFinished(one.close);
  const environment = {
    RECORDER_PORT: '0',
    OUTPUT_DIR: outputDir,
    MIN_FREE_BYTES: '1',
    TARGETS: `one=${one.url}`,
  };
  return {
    folder: (run: string) => join(outputDir, run),
    start: () => startRecorder(readSettings(recorderSettings, {}, environment), createLog('test', 'fatal')),
    ticks: ({ control }: Recorder, count: number) =>
      until(`${count} ticks are done`, () => (control.status().recording?.ticks.done ?? 0) >= count),
  };
}

test(
  'a run that was interrupted is verified before and after it goes on, and its gap is one with its interruption',
  { timeout: 60_000 },
  async () => {
    const recorder = await interruptible();
    const { start, ticks } = recorder;
    const folder = recorder.folder('test');

    const first = await start();
    await first.control.start({ run: 'test', interval: 0.25 });
    await ticks(first, 3);
    await first.suspend();
    const suspended = await verifyFolder(folder);
    expect(suspended).toMatchObject({ state: 'recording', isVerified: true });
    // A torn tail is cut off.
    appendFileSync(join(folder, 'node.csv'), 'torn');
    const second = await start();
    await ticks(second, suspended.ticks + 3);
    await second.control.stop();
    await second.close();
    expect(await verifyFolder(folder)).toMatchObject({ state: 'stopped', isVerified: true, findings: [] });

    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the recorder under test
    const manifest = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Manifest;
    const interruptions = manifest.interruptions.map((each) => ({ ...each, from: manifest.start }));
    writeFileSync(join(folder, 'run.json'), manifestText({ ...manifest, interruptions }));
    const { findings } = await verifyFolder(folder);
    expect(findings).toMatchObject([
      {
        file: 'run.json',
        sentence: expect.stringMatching(
          /^interruption 1 is from .*, but events\.csv says: (No|\d+) ticks? (was|were) lost between /,
        ),
      },
    ]);
  },
);

test('ticks that were lost to an interruption are those of the run, though it was stopped before they were due', async () => {
  const { folder, start, ticks } = await interruptible();
  const first = await start();
  await first.control.start({ run: 'test', interval: 0.5 });
  await ticks(first, 1);
  await first.suspend();
  await new Promise((resolve) => {
    setTimeout(resolve, 1000);
  });
  const second = await start();
  await second.control.stop();
  await second.close();
  const path = join(folder('test'), 'run.json');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the recorder under test
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  const [interruption] = manifest.interruptions;
  expect(interruption?.ticks).toBeGreaterThan(1);

  const stop = new Date(Date.parse(interruption?.to ?? '') - 1010).toISOString();
  writeFileSync(path, manifestText({ ...manifest, stop }));
  expect((await verifyFolder(folder('test'))).findings).toEqual([]);
});
