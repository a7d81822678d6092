import { expect, test } from 'vitest';
import { bytes, count, counted, duration, precise, moment } from '../../../recorder/cli/quantity.ts';

test('numbers as a person reads them', () => {
  expect([0, 999, 1000, 1234567].map(count)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([counted(1, 'tick'), counted(2, 'tick'), counted(0, 'tick')]).toEqual([
    '1 tick',
    '2 ticks',
    '0 ticks',
  ]);
});

test('bytes in powers of 1000', () => {
  expect([0, 999, 1000, 12_345, 999_999_999, 4.2e9, 7e12, 7e15].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '12.3 kB',
    '1.0 GB',
    '4.2 GB',
    '7.0 TB',
    '7000.0 TB',
  ]);
});

test('durations and moments', () => {
  expect([0.1, 12.345, 90, 120, 3599, 7200, 12_000].map(duration)).toEqual([
    '0.1 s',
    '12.3 s',
    '90 s',
    '2 min',
    '59 min',
    '2 h 0 min',
    '3 h 20 min',
  ]);
  expect([0.000_421, 0.0123, 1.5].map(precise)).toEqual(['0.421 ms', '12.3 ms', '1.50 s']);
  expect(moment('2026-11-22T15:12:40.250Z')).toBe('2026-11-22 15:12:40');
});
