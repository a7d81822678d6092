import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type RunningExporter, startExporter, urlsOf } from '../support/exporter.ts';
import { type RecorderProcess, startRecorder } from '../support/recorderProcess.ts';
import { failed, medianOff, moreScrapes, scrapesOf, succeeded } from '../support/scrapes.ts';
import { doneTicks, expectWhole } from '../support/wholeRun.ts';

const interval = 0.5;
/** Milliseconds: several intervals. */
const held = 3000;
let outputDir: string;
let exporters: Readonly<Record<'steady' | 'other', RunningExporter>>;

beforeEach(async () => {
  outputDir = mkdtempSync(join(tmpdir(), 'kubemon-stall-'));
  // A machine without containers, whatever else runs on this one: its scrapes are quick.
  const cgroups = mkdtempSync(join(tmpdir(), 'kubemon-no-containers-'));
  writeFileSync(join(cgroups, 'cgroup.controllers'), '');
  const settings = { CGROUP_PATH: cgroups };
  exporters = { steady: await startExporter(settings), other: await startExporter(settings) };
  onTestFinished(async () => {
    for (const { pid, stop } of Object.values(exporters)) {
      process.kill(pid, 'SIGCONT');
      await stop();
    }
    for (const folder of [outputDir, cgroups]) rmSync(folder, { recursive: true, force: true });
  });
});

/** A run of some ticks, the hold-up, and some ticks more. */
async function record(holdUp: (recorder: RecorderProcess) => Promise<void>, settings = {}) {
  const recorder = await startRecorder(outputDir, urlsOf(exporters), settings);
  onTestFinished(recorder.kill);
  const { client } = recorder;
  const folder = join(outputDir, 'run');
  await client.start('run', { interval });
  await moreScrapes(folder, ['steady', 'other'], 4);
  await holdUp(recorder);
  await moreScrapes(folder, ['steady', 'other'], 4);
  const { verdict } = await client.stop();
  const tables = await expectWhole(folder);
  for (const target of ['steady', 'other']) {
    const rows = scrapesOf(tables, target);
    expect(rows.map(({ timestamp }) => timestamp)).toEqual(doneTicks(tables));
    expect(medianOff(rows)).toBeLessThan(0.1);
    expect(medianOff(succeeded(rows).slice(-4))).toBeLessThan(0.1);
  }
  expect(tables.rows('events.csv').filter(({ kind }) => kind === 'reset' || kind === 'clock_step')).toEqual(
    [],
  );
  expect(tables.manifest.interruptions).toEqual([]);
  return { verdict, tables };
}

async function stopFor(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await sleep(held);
  process.kill(pid, 'SIGCONT');
}

/** Its handler keeps the event loop from all else. */
const blockOnSignal = `process.on('SIGUSR2',()=>Atomics.wait(new(Int32Array)(new(SharedArrayBuffer)(4)),0,0,${held}))`;

test.for([
  ['SIGSTOP', ({ pid }: RecorderProcess) => stopFor(pid)],
  [
    'a blocked event loop',
    async ({ pid }: RecorderProcess) => {
      process.kill(pid, 'SIGUSR2');
      await sleep(held);
    },
  ],
] as const)(
  'a recorder held up for 3 s by %s drops the ticks of that time, tells each, and is on time again',
  async ([, holdUp]) => {
    const { verdict, tables } = await record(holdUp, {
      NODE_OPTIONS: `--import=data:text/javascript,${blockOnSignal}`,
    });
    const dropped = tables.rows('events.csv').filter(({ kind }) => kind === 'tick_dropped');
    expect(dropped.length).toBeGreaterThanOrEqual(held / 1000 / interval - 2);
    for (const { detail } of dropped) {
      expect(detail).toMatch(/^The recorder was held up and came \d+ ms too late for it\.$/);
    }
    expect(verdict.reasons).toContainEqual(
      expect.stringMatching(/^\d+ of \d+ ticks were dropped\. The first: The recorder was held up/),
    );
    const memory = scrapesOf(tables, 'recorder').map((row) => Number(row['exporter_resident_memory_bytes']));
    expect((memory.at(-1) ?? 0) - (memory[3] ?? 0)).toBeLessThan(32 << 20);
  },
);

test('an exporter held up for 3 s is missed meanwhile and comes back; the others are complete, no counter is reset', async () => {
  const { verdict, tables } = await record(async ({ client }) => {
    await stopFor(exporters.other.pid);
    expect((await client.status()).recording).toBeDefined();
  });
  const other = scrapesOf(tables, 'other');
  const missed = failed(other);
  expect(missed.length).toBeGreaterThanOrEqual(held / 1000 / interval - 2);
  expect(failed(scrapesOf(tables, 'steady')).length).toBeLessThan(missed.length / 2);
  for (const { error } of missed) expect(error).toMatch(/^timeout: |^busy: /);
  const kinds = tables
    .rows('events.csv')
    .filter(({ target }) => target === 'other')
    .map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['daemon_left', 'daemon_joined', 'gap']));
  const counts = tables
    .rows('node.csv')
    .filter(({ node }) => node === 'other')
    .map((row) => Number(row['context_switches_total']));
  expect(counts.length).toBe(other.length - missed.length);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(verdict.reasons).toContainEqual(
    expect.stringMatching(
      /^Target other was .*(missed|late) on \d+.* of \d+ ticks\. The first error: timeout: /,
    ),
  );
});
