import { expect, test } from 'vitest';
import { createSpareNumbers } from '../../../recorder/scrape/spareNumbers.ts';

test('the shortest that is long enough is taken, whatever the order they came back in', () => {
  const spare = createSpareNumbers();
  const [small, middle, large] = [100, 200, 300].map((length) => new Int32Array(length));
  for (const each of [middle, large, small]) spare.giveBack(each ?? new Int32Array());
  expect(spare.take(150)).toBe(middle);
  expect(spare.take(150)).toBe(large);
  expect(spare.take(150)).not.toBe(small);
  expect(spare.take(1)).toBe(small);
});

test('eight are kept, the longest, but none of more than 8 MiB and no empty ones', () => {
  const spare = createSpareNumbers();
  const lengths = [30, 10, 90, 50, 20, 80, 60, 40, 70, 0, (1 << 21) + 1];
  for (const length of lengths) spare.giveBack(new Int32Array(length));
  const taken = Array.from({ length: 8 }, () => spare.take(1).length);
  expect(taken).toEqual([20, 30, 40, 50, 60, 70, 80, 90]);
  expect(spare.take(1)).toHaveLength(1);
});
