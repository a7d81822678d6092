import { expect, test } from 'vitest';
import { quantile } from './quantile.ts';

test('the smallest value that so large a share does not exceed', () => {
  const values = [9, 1, 5, 3, 7];
  expect([0, 0.2, 0.21, 0.5, 0.8, 0.99, 1].map((share) => quantile(values, share))).toEqual([
    1, 1, 3, 5, 7, 9, 9,
  ]);
  expect(quantile([4], 0.5)).toBe(4);
  expect(values).toEqual([9, 1, 5, 3, 7]);
});

test('of none there is none', () => {
  expect(quantile([], 0.5)).toBeNaN();
});
