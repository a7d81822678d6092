import { expect, test } from 'vitest';
import { foundIn } from './clocks.ts';
import { symmetric } from './link.ts';

const row = (target: string, offset: string, error: string) => ({
  target,
  clock_offset_seconds: offset,
  clock_offset_error_seconds: error,
});

const rounded = (seconds: number) => Number(seconds.toFixed(6));

test('what scrapes.csv tells of clocks is held against the truth and its own bound', () => {
  const rows = [
    row('ahead', '1.010000', '0.020000'),
    row('ahead', '1.030000', '0.025000'),
    row('behind', '-2.000001', '0.000001'),
    // A scrape that got no answer, and the recorder's own row.
    row('behind', '', ''),
    row('recorder', '', ''),
  ];
  const found = foundIn(rows, symmetric(5), { ahead: 1, behind: -2 });
  expect(found.errors.map(rounded)).toEqual([0.000001, 0.01, 0.03]);
  expect(found.bounds).toEqual([0.000001, 0.02, 0.025]);
  expect(found.within).toBe(2);
  expect(found.narrowest.map(rounded)).toEqual([0.000001, 0.01]);
});

test('a run that tells of no clock is an error', () => {
  expect(() => foundIn([row('ahead', '', '')], symmetric(5), { ahead: 1 })).toThrow('tells of no clock');
});
