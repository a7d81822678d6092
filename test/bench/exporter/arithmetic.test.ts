import { expect, test } from 'vitest';
import { cpuPerScrape, mean, median } from './arithmetic.ts';

test('the median is the middle one, or between the two in the middle, by number', () => {
  expect(median([9, 100, 10])).toBe(10);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('nothing measured is no figure', () => {
  expect(() => median([])).toThrow('Nothing was measured');
  expect(() => mean([])).toThrow('Nothing was measured');
});

test('a scrape costs what is used beyond the idle rate', () => {
  // 10 ms a second when idle; 2 s in 40 s with 20 scrapes: 1.6 s are theirs.
  expect(cpuPerScrape({ cpu: 2, seconds: 40 }, { cpu: 0.1, seconds: 10 }, 20)).toBeCloseTo(0.08, 12);
});
