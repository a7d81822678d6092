import { expect, test } from 'vitest';
import { mean, median } from './arithmetic.ts';

test('the median is the middle one, or between the two in the middle, by number', () => {
  expect(median([9, 100, 10])).toBe(10);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('nothing measured is no figure', () => {
  expect(() => median([])).toThrow('Nothing was measured');
  expect(() => mean([])).toThrow('Nothing was measured');
});
