import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../../exporter/serve/log.ts';
import { createWallClock } from '../../../exporter/serve/clock.ts';
import type { Recording } from '../../../recorder/run/recording.ts';
import { resumeRecording } from '../../../recorder/run/resumeRecording.ts';
import { startRecording } from '../../../recorder/run/startRecording.ts';
import { readRun } from '../../support/runFolder.ts';
import { until } from '../../support/until.ts';

const wallClock = createWallClock();
let outputDir: string;

beforeEach(async () => {
  outputDir = await mkdtemp(join(tmpdir(), 'kubemon-clock-'));
});

afterEach(async () => {
  await rm(outputDir, { recursive: true });
});

/** Of a recorder without targets whose wall clock is wrong by so many seconds. */
function surroundings(offset: number) {
  return {
    outputDir,
    wall: () => wallClock() + offset,
    connections: () => [],
    expected: () => ({ count: 0, reason: 'TARGETS names 0' }),
    problems: () => [],
    log: createLog('test', 'fatal'),
    onTick: () => undefined,
    onEnd: () => undefined,
  };
}

async function ticks(recording: Recording, count: number): Promise<void> {
  await until(`${count} ticks are done`, () => recording.manifest().ticks.done >= count, 10);
}

const settings = {
  intervalSeconds: 0.1,
  timeoutSeconds: 0.08,
  leadSeconds: 0.05,
  numDaemons: 0,
  bodySizeLimit: 1000,
  sampleLimit: 1000,
};

test('where the wall clock reads less than the last tick, the run goes on from there and says so', async () => {
  const recorder = { host: 'here', version: '0.1.0' };
  const first = await startRecording({ run: 'test', labels: {}, recorder, settings, ...surroundings(0) });
  await ticks(first, 3);
  await first.suspend(1);
  const before = first.manifest();

  const second = await resumeRecording({ manifest: before, ...surroundings(-100) });
  expect(second.elapsed()).toBeGreaterThan(0);
  await ticks(second, before.ticks.done + 3);
  const { verdict, interruptions } = (await second.stop(1)).manifest;

  const run = readRun(join(outputDir, 'test'));
  const done = run.rows('scrapes.csv').map(({ timestamp }) => Date.parse(timestamp ?? ''));
  expect(done).toEqual([...new Set(done)].toSorted((a, b) => a - b));
  expect(done.at(before.ticks.done)).toBeLessThan((done.at(before.ticks.done - 1) ?? 0) + 5_000);
  expect(interruptions).toMatchObject([{ from: before.ticks.last }]);
  const steps = run.rows('events.csv').filter(({ kind }) => kind === 'clock_step');
  expect(steps).toHaveLength(1);
  expect(steps[0]?.['detail']).toMatch(
    /^The recorder's wall clock reads (99|100)\.\d{3} s less than what was recorded last;/,
  );
  expect(verdict.reasons).toContainEqual(expect.stringMatching(/^The recorder's clock was stepped: 1 /));
});

test('a run that is suspended before its next tick, again and again, has no clock step', async () => {
  const recorder = { host: 'here', version: '0.1.0' };
  const slow = { ...settings, intervalSeconds: 2 };
  const first = await startRecording({
    run: 'test',
    labels: {},
    recorder,
    settings: slow,
    ...surroundings(0),
  });
  await ticks(first, 1);
  await first.suspend(1);
  for (const restart of [1, 2, 3]) {
    const again = await resumeRecording({ manifest: first.manifest(), ...surroundings(0) });
    const elapsed = wallClock() - Date.parse(first.manifest().start) / 1000;
    expect([restart, Math.abs(again.elapsed() - elapsed) < 0.05]).toEqual([restart, true]);
    await again.suspend(1);
  }
  const last = await resumeRecording({ manifest: first.manifest(), ...surroundings(0) });
  await ticks(last, 2);
  const { ticks: counts, verdict } = (await last.stop(1)).manifest;

  expect(counts).toMatchObject({ planned: 2, done: 2, dropped: 0 });
  expect(verdict.reasons).not.toContainEqual(expect.stringContaining("The recorder's clock was stepped"));
});

test('a tick that is told to be lost is not recorded afterwards, however far the clock is stepped back', async () => {
  const recorder = { host: 'here', version: '0.1.0' };
  const first = await startRecording({ run: 'test', labels: {}, recorder, settings, ...surroundings(0) });
  await ticks(first, 3);
  await first.suspend(1);
  const ahead = await resumeRecording({ manifest: first.manifest(), ...surroundings(100) });
  await ahead.suspend(1);
  const last = await resumeRecording({ manifest: first.manifest(), ...surroundings(-3600) });
  await ticks(last, first.manifest().ticks.done + 3);
  const { ticks: counts, interruptions } = (await last.stop(1)).manifest;

  const done = readRun(join(outputDir, 'test'))
    .rows('scrapes.csv')
    .map(({ timestamp = '' }) => timestamp);
  expect(done).toEqual([...new Set(done)].toSorted());
  const lost = interruptions.reduce((sum, each) => sum + each.ticks, 0);
  expect(lost).toBeGreaterThan(900);
  const span = (Date.parse(counts.last ?? '') - Date.parse(counts.first ?? '')) / 100 + 1;
  expect(counts.done + lost).toBe(span);
  for (const { from, to } of interruptions) {
    expect(done.filter((tick) => tick > from && tick < to)).toEqual([]);
  }
});
