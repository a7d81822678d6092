import { expect, test } from 'vitest';
import { daemonName } from './fleet.ts';
import { loadResult } from './loadResult.ts';
import type { ToldTick } from './recorder.ts';

const moment = Date.parse('2026-01-02T03:04:00.000Z') / 1000;

const use = (cpu: number, highest = 1000) => ({ cpu, highest, resident: 500 });

/** A tick at which some of three daemons of ten samples each failed. */
function tick(index: number, cpu: number, committedAfter: number, failed: readonly number[] = []): ToldTick {
  const targets = [0, 1, 2].map((daemon) =>
    failed.includes(daemon)
      ? { target: daemonName(daemon), up: false, error: `timeout: of ${daemonName(daemon)}` }
      : { target: daemonName(daemon), up: true, samples: 10 },
  );
  const timestamp = new Date((moment + 2 * index) * 1000).toISOString();
  return {
    result: { run: 'bench', timestamp, state: 'done', rows: 3, targets },
    committedAfter,
    use: use(cpu, 1000 + index),
  };
}

function run(ticks: readonly ToldTick[], more: { late?: { daemons: number; seconds: number } } = {}) {
  const load = {
    daemons: 3,
    samples: 10,
    interval: 2,
    compressed: false,
    churn: 0,
    ticks: ticks.length,
    ...more,
  };
  const arrivals = ticks.flatMap((_, index) =>
    [0, 1, 2].map((daemon) => {
      const at = moment + 2 * index;
      // Of the last tick, one came too late.
      const isLast = index === ticks.length - 1;
      return { daemon, at, arrivedAt: isLast && daemon === 1 ? at + 0.1 : at - 0.9 };
    }),
  );
  return { before: use(1), ticks, load, arrivals };
}

test('the first ticks are left out, but for what they cost more than the others', () => {
  const ticks = [tick(0, 5, 1.9, [1, 2]), tick(1, 5.25, 0.5), tick(2, 5.75, 0.25), tick(3, 6, 0.125)];
  expect(loadResult(run(ticks), 1)).toEqual({
    daemons: 3,
    ticks: 3,
    samples: 90,
    samplesPerTick: 30,
    cpuPerTick: 1 / 3,
    cpuShare: 1 / 6,
    highest: 1003,
    askedInTime: 8 / 9,
    committed: { median: 0.25, worst: 0.5 },
    missed: 0,
    firstSight: 4 - 1 / 3,
    firstMissed: 2,
  });
});

test('a scrape that is missed is what went wrong', () => {
  const { missed, problem } = loadResult(run([tick(0, 1, 0), tick(1, 2, 1.7, [2]), tick(2, 3, 0)]), 1);
  expect({ missed, problem }).toEqual({ missed: 1, problem: 'timeout: of n2' });
});

test('of a dropped tick all are missed', () => {
  const [first, second] = [tick(0, 1, 0), tick(1, 2, 0)];
  const result = { ...second.result, state: 'dropped' as const, reason: 'Too late.', targets: [] };
  const { missed, problem } = loadResult(run([first, { ...second, result }]), 1);
  expect({ missed, problem }).toEqual({ missed: 3, problem: 'Too late.' });
});

test('a tick is to be committed before 0.8 of the interval', () => {
  expect(loadResult(run([tick(0, 1, 0), tick(1, 2, 1.6)]), 1).problem).toBeUndefined();
  expect(loadResult(run([tick(0, 1, 0), tick(1, 2, 1.61)]), 1).problem).toBe(
    'a tick was committed after 1.61 s',
  );
});

test('what a late daemon misses is not counted', () => {
  const late = { late: { daemons: 1, seconds: 1.8 } };
  const alone = loadResult(run([tick(0, 1, 0), tick(1, 2, 1.7, [0])], late), 1);
  expect([alone.missed, alone.problem]).toEqual([0, undefined]);
  const others = loadResult(run([tick(0, 1, 0), tick(1, 2, 1.7, [0, 1])], late), 1);
  expect([others.missed, others.problem]).toEqual([1, 'timeout: of n1']);
});

test('a run without a tick to measure is an error', () => {
  expect(() => loadResult(run([tick(0, 1, 0)]), 1)).toThrow('Of 1 ticks 1 were told');
});
