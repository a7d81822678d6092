import { expect, test } from 'vitest';
import { shareOf } from './fleetSize.ts';

test('the processes of all containers sum up to the whole, and each has its share', () => {
  const shares = Array.from({ length: 60 }, (_, number) => shareOf(1000, 60, number));
  expect(shares.reduce((sum, share) => sum + share)).toBe(1000);
  expect(new Set(shares)).toEqual(new Set([16, 17]));
});
