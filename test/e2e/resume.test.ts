import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { RecorderClient } from '../../recorder/index.ts';
import { committedFiles, journalRecords } from '../support/journal.ts';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { freePort } from '../support/freePort.ts';
import { type Kubemon, startKubemon } from '../support/kubemon.ts';
import { type CsvRow, readRun, type RunTables } from '../support/runFolder.ts';
import { answers, until } from '../support/until.ts';

const interval = 0.2;
let exporter: RunningExporter;
let outputDir: string;

beforeAll(async () => {
  exporter = await startExporter();
});

afterAll(async () => {
  await exporter.stop();
});

beforeEach(() => {
  outputDir = mkdtempSync(join(tmpdir(), 'kubemon-resume-'));
});

interface RunningRecorder extends Kubemon {
  readonly client: RecorderClient;
  /** Waits until the run has so many ticks. */
  ticks(count: number): Promise<void>;
  /** Waits until no run is on. */
  idle(): Promise<void>;
  kill(): Promise<void>;
  /** Ctrl-C. */
  interrupt(): Promise<number>;
}

/** A recorder on the test's folder; it is killed when the test has ended. */
async function recorder(): Promise<RunningRecorder> {
  const port = await freePort();
  const kubemon = startKubemon(['recorder'], {
    RECORDER_PORT: String(port),
    OUTPUT_DIR: outputDir,
    TARGETS: `here=http://${exporter.address}/metrics`,
    MIN_FREE_BYTES: '1',
    LOG_LEVEL: 'info',
  });
  let isKilled = false;
  async function kill(): Promise<void> {
    if (!isKilled && kubemon.exitCode() === undefined) process.kill(kubemon.pid, 'SIGKILL');
    isKilled = true;
    await kubemon.ended.catch(() => undefined);
  }
  onTestFinished(async () => {
    await kill();
    rmSync(outputDir, { recursive: true, force: true });
  });
  await until('the recorder answers', () => answers(`http://127.0.0.1:${port}/healthz`), 20);
  const client = new RecorderClient({ host: `127.0.0.1:${port}` });
  return {
    ...kubemon,
    client,
    kill,
    ticks: (count) =>
      until(
        `the run has ${count} ticks`,
        async () => ((await client.status()).recording?.ticks.done ?? 0) >= count,
        10,
      ),
    idle: () =>
      until('no run is on', async () => (await client.status()).message === 'Nothing is recording.', 10),
    interrupt: () => {
      process.kill(kubemon.pid, 'SIGINT');
      return kubemon.ended;
    },
  };
}

function run(name: string): RunTables {
  return readRun(join(outputDir, name));
}

function doneTicks(tables: RunTables): readonly string[] {
  return tables
    .rows('scrapes.csv')
    .filter((row) => row['target'] === 'recorder')
    .map((row) => row['timestamp'] ?? '');
}

function recorderGaps(tables: RunTables): readonly CsvRow[] {
  return tables.rows('events.csv').filter((row) => row['kind'] === 'gap' && row['target'] === 'recorder');
}

/** Whatever happened: every tick is there once, in order, on its multiple, done or lost and told. */
function expectAccountedFor(tables: RunTables, name: string): void {
  const { ticks, interruptions, files } = tables.manifest;
  const done = doneTicks(tables).map((tick) => Date.parse(tick));
  expect(done).toEqual([...new Set(done)].toSorted((a, b) => a - b));
  expect(done.filter((tick) => tick % (interval * 1000) !== 0)).toEqual([]);
  expect(ticks.done).toBe(done.length);
  const dropped = tables.rows('events.csv').filter((row) => row['kind'] === 'tick_dropped').length;
  const lost = interruptions.reduce((sum, each) => sum + each.ticks, 0);
  expect(ticks.dropped).toBe(dropped + lost);
  expect(ticks.planned).toBe(ticks.done + ticks.dropped);
  const gaps = recorderGaps(tables);
  expect(gaps.map((row) => row['timestamp'])).toEqual(interruptions.map(({ to }) => to));
  for (const [index, { from, to, ticks: count }] of interruptions.entries()) {
    expect(gaps[index]?.['detail']).toMatch(
      count === 0 ? /^No tick was lost/ : new RegExp(`^${count} ticks? w`),
    );
    expect(gaps[index]?.['detail']).toContain(`between ${from} and ${to}`);
  }
  for (const { name: file, sha256, bytes } of files) {
    const content = readFileSync(join(outputDir, name, file));
    expect([file, content.length]).toEqual([file, bytes]);
    expect([file, createHash('sha256').update(content).digest('hex')]).toEqual([file, sha256]);
  }
}

/** The bytes that are committed, by file. */
function committed(name: string): ReadonlyMap<string, Buffer> {
  const folder = join(outputDir, name);
  const files = committedFiles(journalRecords(readFileSync(join(folder, 'journal.jsonl'), 'utf8')));
  return new Map(
    Array.from(files, ([file, { bytes }]) => [file, readFileSync(join(folder, file)).subarray(0, bytes)]),
  );
}

test('killed at any moment, again and again, a run goes on, and nothing that was committed is lost', async () => {
  const moments = fc.sample(fc.integer({ min: 0, max: 1200 }), { seed: 20260102, numRuns: 6 });
  const kept: ReadonlyMap<string, Buffer>[] = [];
  let current = await recorder();
  await current.client.start('killed', { interval, labels: { load: 'high' } });
  await current.client.mark('before');
  await current.ticks(3);
  for (const moment of moments) {
    await sleep(moment);
    await current.kill();
    kept.push(committed('killed'));
    current = await recorder();
  }
  const before = (await current.client.status()).recording?.ticks.done ?? 0;
  await current.ticks(before + 3);
  const { verdict } = await current.client.stop();

  const tables = run('killed');
  expectAccountedFor(tables, 'killed');
  const { manifest } = tables;
  expect(manifest).toMatchObject({
    state: 'stopped',
    labels: { load: 'high' },
    settings: { intervalSeconds: interval },
  });
  expect(manifest.marks.map(({ label }) => label)).toEqual(['before']);
  expect(tables.rows('marks.csv')).toHaveLength(1);
  expect(manifest.interruptions.length).toBeGreaterThan(0);
  expect(manifest.interruptions.length).toBeLessThanOrEqual(moments.length);
  const done = doneTicks(tables);
  for (const { from, to } of manifest.interruptions) {
    expect(done).toContain(from);
    expect(done.filter((tick) => tick > from && tick < to)).toEqual([]);
  }
  expect(verdict.reasons).toContainEqual(
    expect.stringMatching(
      /^The recorder was interrupted (once|\d+ times, first) after .*Z: \d+ of \d+ ticks were lost\.$/,
    ),
  );
  for (const files of kept) {
    for (const [file, bytes] of files) {
      expect([
        file,
        readFileSync(join(outputDir, 'killed', file))
          .subarray(0, bytes.length)
          .equals(bytes),
      ]).toEqual([file, true]);
    }
  }
  // A loaded machine may be late; but every tick that was done is one of these.
  const { covered = 0, late = 0, missed = 0 } = manifest.coverage[0] ?? {};
  expect(covered + late + missed).toBe(manifest.ticks.done);
  expect(new Set(tables.rows('containers.csv').map((row) => row['id'])).size).toBe(
    tables.rows('containers.csv').length,
  );
});

test('SIGTERM suspends a run, and the next start goes on with it; Ctrl-C stops it', async () => {
  const first = await recorder();
  await first.client.start('moved', { interval });
  await first.ticks(2);
  expect(await first.stop()).toBe(0);
  expect(first.output()).toContain('recording suspended');
  const { manifest } = run('moved');
  expect(manifest.state).toBe('recording');
  expect(manifest.stop).toBeUndefined();

  const second = await recorder();
  await second.ticks(manifest.ticks.done + 2);
  const { runs } = await second.client.runs();
  expect(runs).toMatchObject([{ run: 'moved', state: 'recording' }]);
  expect(runs[0]?.ticks).toBeGreaterThanOrEqual(manifest.ticks.done);
  expect(await second.interrupt()).toBe(0);
  const tables = run('moved');
  expectAccountedFor(tables, 'moved');
  expect(tables.manifest.state).toBe('stopped');
  expect(tables.manifest.interruptions).toHaveLength(1);
  expect(recorderGaps(tables)[0]?.['detail']).toContain('the recorder was told to end and to go on later');
});

test('a run whose time was over meanwhile is stopped, on its last tick', async () => {
  const first = await recorder();
  await first.client.start('over', { interval, for: 2 });
  await first.ticks(2);
  await first.kill();
  await sleep(2000);
  const second = await recorder();
  await second.idle();
  const tables = run('over');
  expectAccountedFor(tables, 'over');
  const { ticks, interruptions, stop, verdict } = tables.manifest;
  expect(ticks.planned).toBe(10);
  expect(interruptions).toEqual([{ from: doneTicks(tables).at(-1), to: stop, ticks: ticks.dropped }]);
  expect(Date.parse(stop ?? '') - Date.parse(ticks.first ?? '')).toBe(9 * interval * 1000);
  expect(verdict.verdict).toBe('inconclusive');
  expect((await second.client.status()).last?.run).toBe('over');
});

test('a run that is suspended right before its last tick is over at the next start', async () => {
  const first = await recorder();
  await first.client.start('last', { interval: 1, for: 1 });
  // The requests of a tick are sent half a second before it.
  const tick = Math.ceil(Date.parse(run('last').manifest.start) / 1000 + 0.5);
  await sleep((tick - 0.3) * 1000 - Date.now());
  expect(await first.stop()).toBe(0);
  expect(first.output()).toContain('recording suspended');
  expect(first.output()).not.toContain('could not be stopped');
  const second = await recorder();
  await second.idle();
  const tables = run('last');
  expectAccountedFor(tables, 'last');
  expect(tables.manifest).toMatchObject({ state: 'stopped', ticks: { planned: 1 } });
});

test('a run that was being stopped is stopped, and not gone on with', async () => {
  const first = await recorder();
  await first.client.start('stopping', { interval });
  await first.ticks(3);
  await first.kill();
  // As the recorder leaves it that is killed while it waits for the last answers.
  const path = join(outputDir, 'stopping', 'run.json');
  const { tick } =
    journalRecords(readFileSync(join(outputDir, 'stopping', 'journal.jsonl'), 'utf8')).at(-1) ?? {};
  const stop = new Date(((tick ?? 0) + interval / 2) * 1000).toISOString();
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), stop }));
  const second = await recorder();
  await second.idle();
  const tables = run('stopping');
  expectAccountedFor(tables, 'stopping');
  expect(tables.manifest).toMatchObject({
    state: 'stopped',
    stop,
    interruptions: [],
  });
  expect(tables.manifest.verdict.reasons).not.toContainEqual(expect.stringContaining('interrupted'));
});

test('a torn tail is cut off; what the journal does not know is none of the run', async () => {
  const first = await recorder();
  await first.client.start('torn', { interval });
  await first.ticks(3);
  await first.kill();
  const kept = committed('torn');
  appendFileSync(join(outputDir, 'torn', 'journal.jsonl'), '{"tick":1767322445,"files":{"node.c');
  appendFileSync(join(outputDir, 'torn', 'node.csv'), '2026-01-02T03:04:05.000Z,1767322');
  const second = await recorder();
  await second.client.stop();
  const tables = run('torn');
  expectAccountedFor(tables, 'torn');
  for (const [file, bytes] of kept) {
    const content = readFileSync(join(outputDir, 'torn', file));
    expect([file, content.subarray(0, bytes.length).equals(bytes)]).toEqual([file, true]);
  }
  expect(tables.rows('node.csv').map((row) => row['timestamp'])).toEqual(doneTicks(tables));
});

test('a run whose files were changed is left as it is, interrupted, and said why', async () => {
  const first = await recorder();
  await first.client.start('changed', { interval });
  await first.ticks(3);
  await first.stop();
  const path = join(outputDir, 'changed', 'scrapes.csv');
  const text = readFileSync(path, 'utf8').replace('here', 'hero');
  writeFileSync(path, text);
  mkdirSync(join(outputDir, '.half.6f9619ff-8b86-4d01-b42d-00cf4fc964ff'));
  mkdirSync(join(outputDir, '.half'));
  const second = await recorder();
  await second.idle();
  expect(second.output()).toMatch(
    /Run changed is not gone on with and stays as it is, interrupted: \S+scrapes\.csv has other bytes than the \d+ that were committed/,
  );
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(run('changed').manifest.state).toBe('interrupted');
  expect((await second.client.runs()).runs).toMatchObject([{ run: 'changed', state: 'interrupted' }]);
  expect(readdirSync(outputDir).toSorted()).toEqual(['.half', 'changed']);
});

test('a link to a run, and a run that has lost its run.json, are left as they are, and said why', async () => {
  const first = await recorder();
  await first.client.start('moved', { interval });
  await first.ticks(1);
  await first.stop();
  const elsewhere = join(outputDir, '.elsewhere');
  renameSync(join(outputDir, 'moved'), elsewhere);
  symlinkSync(elsewhere, join(outputDir, 'moved'));
  cpSync(elsewhere, join(outputDir, 'lost'), { recursive: true });
  writeFileSync(join(outputDir, 'lost', 'run.json'), '');
  const before = committed('lost');
  const second = await recorder();
  expect((await second.client.status()).message).toBe('Nothing is recording.');
  expect(second.output()).toContain(
    `${join(outputDir, 'moved')} is a symbolic link: its run is not gone on with and stays as it is.`,
  );
  expect(second.output()).toContain(
    `${join(outputDir, 'lost')} is no run, and stays as it is: its run.json is missing or none.`,
  );
  expect(run('moved').manifest.state).toBe('recording');
  expect(committed('lost')).toEqual(before);
  expect(readFileSync(join(outputDir, 'lost', 'run.json'), 'utf8')).toBe('');
});

test('a second recorder on the same folder is refused, and a killed one does not keep it', async () => {
  const first = await recorder();
  const second = startKubemon(['recorder'], { RECORDER_PORT: '0', OUTPUT_DIR: outputDir });
  expect(await second.ended).toBe(1);
  expect(second.output()).toBe(
    `Another recorder writes into ${outputDir}: end it, or choose another folder with --output-dir.\n`,
  );
  await first.kill();
  const third = await recorder();
  expect((await third.client.alive()).message).toBe('Collector is alive!');
});
