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
  const { verdict, interruptions } = await second.stop(1);

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
