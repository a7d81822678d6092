import { expect, test } from 'vitest';
import { count, megabytes, milliseconds, percent } from './numbers.ts';

test('a share of less than all is never shown as all', () => {
  expect([1, 0.99996, 0.999, 0.5, 0].map((share) => percent(share, 2))).toEqual([
    '100.00 %',
    '99.99 %',
    '99.90 %',
    '50.00 %',
    '0.00 %',
  ]);
  expect(percent(0.29, 0)).toBe('29 %');
});

test('units', () => {
  expect([count(1234567.4), milliseconds(1.2345), megabytes(3e6)]).toEqual(['1,234,567', '1,235 ms', '3 MB']);
});
