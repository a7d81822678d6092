import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createLog } from '../../../exporter/serve/log.ts';
import { readSettings } from '../../../exporter/serve/settings.ts';
import { type Recorder, startRecorder } from '../../../recorder/main.ts';
import type { Manifest } from '../../../recorder/run/manifest.ts';
import { recorderSettings } from '../../../recorder/settings.ts';
import { readRun, type RunTables } from '../../support/runFolder.ts';
import { until } from '../../support/until.ts';
import { closeAfterEach } from './closing.ts';
import { kubemon, type LoopbackExporter, loopbackExporter, machine } from './loopbackExporter.ts';

const later = closeAfterEach();
const interval = 0.2;
let outputDir: string;
let one: LoopbackExporter;

beforeEach(async () => {
  outputDir = await mkdtemp(join(tmpdir(), 'kubemon-resume-'));
  later(() => rm(outputDir, { recursive: true, force: true }));
  one = await loopbackExporter(kubemon(machine('one')));
  later(one.close);
});

/** A recorder that has gone on with what was unfinished. */
async function recorder(): Promise<Recorder> {
  const started = await startingRecorder();
  await until(
    'what was unfinished goes on',
    () => !started.control.status().message.endsWith(' is starting.'),
  );
  return started;
}

async function startingRecorder(): Promise<Recorder> {
  const settings = readSettings(
    recorderSettings,
    {},
    { RECORDER_PORT: '0', OUTPUT_DIR: outputDir, MIN_FREE_BYTES: '1', TARGETS: `one=${one.url}` },
  );
  const started = await startRecorder(settings, createLog('test', 'fatal'));
  let isEnded = false;
  const ended = (end: () => Promise<void>) => () => {
    isEnded = true;
    return end();
  };
  later(async () => {
    if (!isEnded) await started.close();
  });
  return { ...started, close: ended(started.close), suspend: ended(started.suspend) };
}

/** Waits for so many ticks from now on. */
async function ticks({ control }: Recorder, count: number): Promise<void> {
  const done = () => control.status().recording?.ticks.done ?? 0;
  const goal = done() + count;
  await until(`${count} more ticks are done`, () => done() >= goal, 10);
}

async function runJson(): Promise<Manifest> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the recorder under test
  return JSON.parse(await readFile(join(outputDir, 'test', 'run.json'), 'utf8')) as Manifest;
}

function events(run: RunTables, ...kinds: readonly string[]): readonly (readonly (string | undefined)[])[] {
  return run
    .rows('events.csv')
    .filter(({ kind }) => kinds.includes(kind ?? ''))
    .map(({ kind, subject }) => [kind, subject]);
}

test('what died and was born while nobody looked, and what was reset, is told afterwards', async () => {
  const first = await recorder();
  await first.control.start({ run: 'test', interval });
  await ticks(first, 2);
  await first.suspend();
  // The machine is booted again: another boot, counters from 0, other containers.
  const reborn = machine('one', ['abcdef012345', 'cccccccccccc']);
  one.behave(
    kubemon((collectedAt) =>
      reborn(collectedAt)
        .replace('boot_id="b1"', 'boot_id="b2"')
        .replace(/(kubemon_node_context_switches_total) \d+/, '$1 7'),
    ),
  );
  const second = await recorder();
  await ticks(second, 2);
  await second.control.stop();

  const run = readRun(join(outputDir, 'test'));
  expect(events(run, 'container_died', 'container_born', 'process_died', 'process_born', 'reset')).toEqual([
    ['container_died', '0123456789ab'],
    ['process_died', '0123456789ab/1'],
    ['container_born', 'cccccccccccc'],
    ['process_born', 'cccccccccccc/204'],
    ['reset', ''],
  ]);
  const reset = run.rows('events.csv').find(({ kind }) => kind === 'reset');
  expect(reset?.['detail']).toMatch(
    /^The machine was booted again\. node\.csv: context_switches_total from \d+ to 7\.$/,
  );
  const [interruption] = run.manifest.interruptions;
  expect(run.rows('containers.csv')).toMatchObject([
    {
      container_id: '0123456789ab',
      id: '0123456789ab'.padEnd(64, '0'),
      image: 'busybox',
      born: '2023-11-14T22:13:20.100Z',
      died: interruption?.to,
    },
    { container_id: 'abcdef012345', runtime: 'docker', died: '' },
    { container_id: 'cccccccccccc', died: '' },
  ]);
});

test('the figures of a run are those it had, and what came after', async () => {
  const first = await recorder();
  await first.control.start({ run: 'test', interval, labels: { load: 'high' } });
  await ticks(first, 2);
  one.behave((_, response) => {
    response.writeHead(500);
    response.end();
  });
  await ticks(first, 4);
  first.control.mark('=load on');
  await first.suspend();
  const before = await runJson();

  const second = await recorder();
  const { manifest: after } = await second.control.run('test');
  const { ticks: lost = 0 } = after.interruptions[0] ?? {};
  expect(after).toMatchObject({
    state: 'recording',
    start: before.start,
    labels: { load: 'high' },
    settings: before.settings,
    recorder: before.recorder,
    expected: before.expected,
    daemons: before.daemons,
    events: before.events,
    clocks: before.clocks,
    marks: [{ label: '=load on' }],
    coverage: before.coverage.map(({ target, node, covered, late }) => ({ target, node, covered, late })),
  });
  expect(after.daemons[0]).toMatchObject({ role: 'daemon', kernel: '6.1.0', cpus: 4 });
  expect(after.alignment.answers).toBe(before.alignment.answers);
  expect(after.alignment.p99Seconds).toBeCloseTo(before.alignment.p99Seconds ?? Number.NaN, 5);
  expect(after.ticks.planned).toBeGreaterThanOrEqual(before.ticks.planned + lost);
  expect(after.ticks.first).toBe(before.ticks.first);

  // It had left before, and is not told to have left again.
  one.behave(kubemon(machine('one')));
  await ticks(second, 2);
  await second.control.stop();
  const run = readRun(join(outputDir, 'test'));
  expect(events(run, 'daemon_left', 'daemon_joined')).toEqual([
    ['daemon_left', 'one'],
    ['daemon_joined', 'one'],
  ]);
  expect(run.manifest.ticks.planned).toBe(run.manifest.ticks.done + run.manifest.ticks.dropped);
});

test('a recorder that ends again and again before it has written a tick loses each tick once', async () => {
  const first = await recorder();
  await first.control.start({ run: 'test', interval: 0.5 });
  for (let restart = 0; restart < 4; restart++) {
    const next = restart === 0 ? first : await recorder();
    await next.suspend();
  }
  const last = await recorder();
  await ticks(last, 2);
  await last.control.stop();
  const { manifest, rows } = readRun(join(outputDir, 'test'));
  const done = rows('scrapes.csv').filter(({ target }) => target === 'recorder');
  expect(manifest.ticks.done).toBe(done.length);
  expect(manifest.interruptions.length).toBe(4);
  const span = (Date.parse(done.at(-1)?.['timestamp'] ?? '') - Date.parse(manifest.start)) / 500;
  // The first tick may be a whole interval after the start, and one may be planned at the stop.
  expect(manifest.ticks.planned).toBeGreaterThanOrEqual(Math.floor(span));
  expect(manifest.ticks.planned).toBeLessThanOrEqual(Math.ceil(span) + 1);
});

test('while a run is being resumed no other can be started', async () => {
  const first = await recorder();
  await first.control.start({ run: 'test', interval });
  await first.suspend();
  const { control } = await startingRecorder();
  expect(control.status().message).toBe('Run test is starting.');
  await expect(control.start({ run: 'other' })).rejects.toThrow('Already recording test: stop it first.');
  expect((await control.stop()).run).toBe('test');
});

test('that a run is to be stopped is on the disk before the last answers are waited for', async () => {
  const { control } = await recorder();
  await control.start({ run: 'test', interval: 1 });
  one.behave(() => undefined);
  const asked = one.requests.length;
  const due = () => Number(/\?at=(.*)/.exec(one.requests[asked] ?? '')?.[1] ?? Infinity);
  await until('the answer to a tick is due', () => Date.now() / 1000 > due());
  const stopped = control.stop();
  await until('run.json says so', async () => (await runJson()).stop !== undefined);
  const { state, stop } = await runJson();
  expect(state).toBe('recording');
  await stopped;
  expect(await runJson()).toMatchObject({ state: 'stopped', stop });
});
