import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDistributions } from '../../../recorder/summary/distribution.ts';

function distributionOf(values: readonly number[], room?: number) {
  const distributions = createDistributions(room);
  const distribution = distributions.create();
  for (const value of values) distribution.add(value);
  return { distribution, isExact: distributions.isExact() };
}

test.each([
  [[3], 0.95, 3],
  [[1, 2, 3, 4], 0.5, 2.5],
  [[4, 1, 3, 2], 0.95, 3.85],
  [[0, 10], 0, 0],
  [[0, 10], 1, 10],
])('of %j the quantile %d is %d, as NumPy interpolates', (values, share, quantile) => {
  expect(distributionOf(values).distribution.quantile(share)).toBeCloseTo(quantile, 12);
});

test('beyond their room they are off by 1 % at most', () => {
  const positive = fc.double({ min: 1e-9, max: 1e15, noNaN: true });
  fc.assert(
    fc.property(fc.array(positive, { minLength: 20, maxLength: 200 }), (values) => {
      const { distribution, isExact } = distributionOf(values, 10);
      expect(isExact).toBe(false);
      const sorted = values.toSorted((a, b) => a - b);
      const place = 0.95 * (sorted.length - 1);
      const [below = NaN, above = NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
      expect(distribution.quantile(0.95)).toBeGreaterThanOrEqual(below * 0.99);
      expect(distribution.quantile(0.95)).toBeLessThanOrEqual(above * 1.01);
      expect(distribution.max()).toBe(sorted.at(-1));
    }),
  );
});

test('those that share a room give up exactness together, and what is 0 stays 0', () => {
  const distributions = createDistributions(4);
  const idle = distributions.create();
  const busy = distributions.create();
  for (const value of [0, 0, 0]) idle.add(value);
  expect(distributions.isExact()).toBe(true);
  for (const value of [1, 2]) busy.add(value);
  expect(distributions.isExact()).toBe(false);
  expect([idle.quantile(0.95), idle.count()]).toEqual([0, 3]);
});
