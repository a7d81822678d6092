import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWallClock } from '../../../exporter/serve/clock.ts';

/**
 * A machine whose monotonic clock goes on by `step` milliseconds a reading, and whose wall clock is
 * `offset.ms` ahead of it but tells whole milliseconds only.
 */
function machine(step: number, offset: { ms: number }) {
  let now = 0;
  function monotonic(): number {
    now += step;
    return now;
  }
  return {
    clock: createWallClock(() => Math.floor(now + offset.ms), monotonic),
    /** What the wall clock would say now if it told more than milliseconds; in seconds. */
    truth: () => (now + offset.ms) / 1000,
    /** Goes on, reading the clock as an exporter does. */
    run: (clock: () => number, readings: number) => {
      for (let reading = 0; reading < readings; reading++) clock();
    },
  };
}

const microseconds = 1e-6;

test('tells microseconds from a clock that tells milliseconds', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), (ms) => {
      const { clock, truth } = machine(0.0007, { ms: 1_790_000_000_000 + ms });
      const told = clock();
      expect(Math.abs(told - truth())).toBeLessThan(3 * microseconds);
    }),
  );
});

test('follows a step of the wall clock, forwards and back', () => {
  const offset = { ms: 1_790_000_000_000 };
  const { clock, truth, run } = machine(0.0007, offset);
  for (const step of [30.25, -30.25, 3_600_000, -7_200_000.5]) {
    offset.ms += step;
    // The first reading after it may be off by the millisecond that the wall clock does not tell.
    const first = clock();
    expect(Math.abs(first - truth())).toBeLessThan(0.0011);
    run(clock, 2000);
    const told = clock();
    expect(Math.abs(told - truth())).toBeLessThan(3 * microseconds);
  }
});

test('a reading in the middle of which the thread was put aside does not count', () => {
  const truth = 1_790_000_000_000.25;
  let now = 0;
  let readings = 0;
  // At first the thread is away for 24 ms between any two readings.
  const clock = createWallClock(
    () => Math.floor(now + truth),
    () => {
      readings += 1;
      now += readings <= 10 ? 24 : 0.0007;
      return now;
    },
  );
  expect(Math.abs(clock() - (now + truth) / 1000)).toBeLessThan(0.0006);
});

test('agrees with the clock of this machine, and never goes back', () => {
  const clock = createWallClock();
  let last = 0;
  for (let reading = 0; reading < 10_000; reading++) {
    const before = Date.now() / 1000;
    const told = clock();
    const after = (Date.now() + 1) / 1000;
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(after);
    expect(told).toBeGreaterThan(last - microseconds);
    last = told;
  }
});
