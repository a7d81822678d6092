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
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { committedFiles, journalRecords } from '../support/journal.ts';
import { fixtureMachine } from '../recorder/cli/fixtureMachine.ts';
import { type Behaviour, kubemon, loopbackExporter, machine } from '../recorder/run/loopbackExporter.ts';
import { type RunningExporter, startExporter, urlsOf } from '../support/exporter.ts';
import { startKubemon } from '../support/kubemon.ts';
import { type RecorderProcess, startRecorder } from '../support/recorderProcess.ts';
import { readRun, type RunTables } from '../support/runFolder.ts';
import { until } from '../support/until.ts';
import { doneTicks, expectWhole, recorderGaps } from '../support/wholeRun.ts';

const interval = 0.2;
let exporter: RunningExporter;
let outputDir: string;

beforeAll(async () => {
  exporter = await startExporter(fixtureMachine);
});

afterAll(async () => {
  await exporter.stop();
});

beforeEach(() => {
  outputDir = mkdtempSync(join(tmpdir(), 'kubemon-resume-'));
});

/** A recorder on the test's folder; it is killed when the test has ended. */
async function recorder(targets = urlsOf({ here: exporter })): Promise<RecorderProcess> {
  const started = await startRecorder(outputDir, targets);
  onTestFinished(async () => {
    await started.kill();
    rmSync(outputDir, { recursive: true, force: true });
  });
  return started;
}

const clockHeader = () => ({ 'x-kubemon-clock': (Date.now() / 1000).toFixed(6) });

const never: Behaviour = (_, response) => {
  response.writeHead(200, clockHeader()).flushHeaders();
};

/** The answer for a tick comes 300 ms after it. */
const later: Behaviour = async (request, response) => {
  const at = Number(new URL(request.url ?? '', 'http://localhost').searchParams.get('at'));
  response.writeHead(200, clockHeader()).flushHeaders();
  await sleep((at + 0.3) * 1000 - Date.now());
  response.end(machine('slow')(at));
};

function run(name: string): RunTables {
  return readRun(join(outputDir, name));
}

/** The bytes that are committed, by file. */
function committed(name: string): ReadonlyMap<string, Buffer> {
  const folder = join(outputDir, name);
  const files = committedFiles(journalRecords(readFileSync(join(folder, 'journal.jsonl'), 'utf8')));
  return new Map(
    Array.from(files, ([file, { bytes }]) => [file, readFileSync(join(folder, file)).subarray(0, bytes)]),
  );
}

test('a killed run goes on as it was started, and tells that it was interrupted', async () => {
  const first = await recorder();
  await first.client.start('killed', { interval, labels: { load: 'high' } });
  await first.client.mark('before');
  await first.ticks(3);
  await first.kill();
  const second = await recorder();
  await second.ticks(6);
  await second.kill();
  const third = await recorder();
  await third.ticks(9);
  const { verdict } = await third.client.stop();

  const tables = await expectWhole(join(outputDir, 'killed'));
  const { manifest } = tables;
  expect(manifest).toMatchObject({ labels: { load: 'high' }, settings: { intervalSeconds: interval } });
  expect(manifest.marks.map(({ label }) => label)).toEqual(['before']);
  expect(tables.rows('marks.csv')).toHaveLength(1);
  expect(manifest.interruptions).toHaveLength(2);
  expect(doneTicks(tables)).toEqual(expect.arrayContaining(manifest.interruptions.map(({ from }) => from)));
  expect(verdict.reasons).toContainEqual(
    expect.stringMatching(
      /^The recorder was interrupted 2 times, first after .*Z: \d+ of \d+ ticks were lost\.$/,
    ),
  );
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
  const tables = await expectWhole(join(outputDir, 'moved'));
  expect(tables.manifest.state).toBe('stopped');
  expect(tables.manifest.interruptions).toHaveLength(1);
  expect(recorderGaps(tables)[0]?.['detail']).toContain('the recorder was told to end and to go on later');
});

test('a mark that no tick was written with any more is kept', async () => {
  const first = await recorder();
  await first.client.start('marked', { interval: 20 });
  await first.client.mark('load on');
  await until('run.json tells of it', () => run('marked').manifest.marks.length === 1);
  await first.kill();
  expect(run('marked').rows('marks.csv')).toEqual([]);
  const second = await recorder();
  await until('the run goes on', async () => (await second.client.status()).recording !== undefined);
  await second.client.mark('load off');
  await second.client.stop();
  const tables = await expectWhole(join(outputDir, 'marked'));
  expect(tables.manifest.marks.map(({ label }) => label)).toEqual(['load on', 'load off']);
  expect(tables.rows('marks.csv')).toEqual(tables.manifest.marks);
});

test.for([
  ['comes after that', later, '1'],
  ['never comes', never, '0'],
] as const)('SIGTERM while the answer for a tick %s: the tick is written', async ([, behaviour, up]) => {
  const slow = await loopbackExporter(kubemon(machine('slow')));
  onTestFinished(slow.close);
  const first = await recorder({ slow: slow.url });
  await first.client.start('waiting', { interval: 1 });
  await first.ticks(1);
  slow.behave(behaviour);
  const asked = slow.requests.length;
  await until('the next tick is asked for', () => slow.requests.length > asked);
  const at = /at=(\d+)/.exec(slow.requests.at(-1) ?? '')?.[1];
  const tick = new Date(Number(at) * 1000).toISOString();
  await sleep(Date.parse(tick) + 50 - Date.now());
  expect(doneTicks(run('waiting'))).not.toContain(tick);
  expect(await first.stop()).toBe(0);
  expect(doneTicks(run('waiting')).at(-1)).toBe(tick);
  slow.behave(kubemon(machine('slow')));
  const second = await recorder({ slow: slow.url });
  await second.ticks(run('waiting').manifest.ticks.done + 1);
  await second.client.stop();
  const tables = await expectWhole(join(outputDir, 'waiting'));
  const scrape = tables
    .rows('scrapes.csv')
    .find((row) => row['timestamp'] === tick && row['target'] === 'slow');
  expect(scrape?.['up']).toBe(up);
});

test('a run whose time was over meanwhile is stopped, on its last tick', async () => {
  const first = await recorder();
  await first.client.start('over', { interval, for: 2 });
  await first.ticks(2);
  await first.kill();
  await sleep(2000);
  const second = await recorder();
  await second.idle();
  const tables = await expectWhole(join(outputDir, 'over'));
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
  const tables = await expectWhole(join(outputDir, 'last'));
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
  const tables = await expectWhole(join(outputDir, 'stopping'));
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
  const tables = await expectWhole(join(outputDir, 'torn'));
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
