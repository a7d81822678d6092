import { expect, test } from 'vitest';
import { overviewRanges, tailStart } from '../../../recorder/web/ranges.ts';

test('a file within the budget is read whole', () => {
  expect(overviewRanges({ bytes: 1000, rows: 20, ticks: 10 }, 1000)).toEqual([{ start: 0, end: 1000 }]);
});

test('of a larger one parts are read that lie evenly, each of two ticks and a little', () => {
  expect(overviewRanges({ bytes: 10_000, rows: 1000, ticks: 100 }, 1000)).toEqual([
    { start: 0, end: 241 },
    { start: 3253, end: 3494 },
    { start: 6506, end: 6747 },
    { start: 9759, end: 10_000 },
  ]);
});

test('there are no more parts than a screen can show', () => {
  expect(overviewRanges({ bytes: 1e9, rows: 1e6, ticks: 1e6 }, 1e7)).toHaveLength(100);
});

test('ticks that are larger than the budget are not read', () => {
  expect(overviewRanges({ bytes: 1e9, rows: 1e5, ticks: 100 }, 1e7)).toBeUndefined();
});

test('the tail is so many ticks, or what the budget allows', () => {
  expect(tailStart({ bytes: 10_000, ticks: 100 }, 5000, 10)).toBe(9000);
  expect(tailStart({ bytes: 10_000, ticks: 100 }, 500, 10)).toBe(9500);
  expect(tailStart({ bytes: 1000, ticks: 5 }, 5000, 10)).toBe(0);
  expect(tailStart({ bytes: 40, ticks: 0 }, 5000, 10)).toBe(0);
});
