import { expect, test } from 'vitest';
import { clockOffset } from '../../../recorder/scrape/clockOffset.ts';

test('the offset is counted from the middle, the error is half the round trip', () => {
  expect(clockOffset(100, 100.5, 107.25)).toEqual({ offset: 7, error: 0.25 });
  expect(clockOffset(100, 102, 100)).toEqual({ offset: -1, error: 1 });
});
