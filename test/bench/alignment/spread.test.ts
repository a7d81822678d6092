import { expect, test } from 'vitest';
import type { Moment } from './moment.ts';
import { percentile, spreadOf } from './spread.ts';

const expected = { ticks: 2, targets: 2 };
const moment = (target: string, tick: number, timestamp: number, collectedAt: number): Moment => ({
  target,
  tick,
  timestamp,
  collectedAt,
});

test('the spread is taken within a tick, the skew from the time that a sample is stored under', () => {
  const seen = spreadOf(
    [
      moment('a', 0, 1000, 1000.25),
      moment('b', 0, 1000, 1000.5),
      moment('a', 1, 1002, 1001.5),
      moment('b', 1, 1002, 1002.125),
    ],
    expected,
  );
  expect(seen).toEqual({
    samples: 4,
    missing: 0,
    spreads: [0.25, 0.625],
    skews: [0.125, 0.25, 0.5, 0.5],
  });
});

test('targets that are scraped at moments of their own have timestamps of their own', () => {
  const seen = spreadOf([moment('a', 0, 1000.25, 1000.25), moment('b', 0, 1001.75, 1002)], {
    ...expected,
    ticks: 1,
  });
  expect(seen.spreads).toEqual([1.75]);
  expect(seen.skews).toEqual([0, 0.25]);
});

test('a tick that lacks a target tells of no spread, and a later one of nothing', () => {
  const seen = spreadOf(
    [
      moment('a', 0, 1000, 1000),
      moment('b', 0, 1000, 1000.5),
      moment('a', 1, 1002, 1002),
      moment('a', 2, 1004, 1009),
    ],
    expected,
  );
  expect(seen).toEqual({ samples: 3, missing: 1, spreads: [0.5], skews: [0, 0, 0.5] });
});

test('no whole tick is an error, not a spread of nothing', () => {
  expect(() => spreadOf([moment('a', 0, 1000, 1000), moment('b', 1, 1002, 1002)], expected)).toThrow(
    'None of 2 ticks has a sample of each of the 2 targets.',
  );
});

test('a percentile is one of the values', () => {
  const values = Array.from({ length: 200 }, (_, index) => index + 1);
  expect([0, 50, 99, 100].map((percent) => percentile(values, percent))).toEqual([1, 100, 198, 200]);
  expect(() => percentile([], 50)).toThrow('no values');
});
