import { expect, test } from 'vitest';
import { createNumbers } from '../../../recorder/scrape/layout.ts';
import { giveBack, takeNumbers } from '../../../recorder/scrape/spareNumbers.ts';

/** Takes whatever is spare, so that the tests know what there is. */
function takeAll(): void {
  for (let count = 0; count < 20; count++) takeNumbers(1);
}

test('the shortest that is long enough is taken, whatever the order they came back in', () => {
  takeAll();
  const [small, middle, large] = [100, 200, 300].map((length) => new Int32Array(length));
  for (const each of [middle, large, small]) giveBack(each ?? new Int32Array());
  expect(takeNumbers(150)).toBe(middle);
  expect(takeNumbers(150)).toBe(large);
  expect(takeNumbers(150)).not.toBe(small);
  expect(takeNumbers(1)).toBe(small);
});

test('eight are kept, the longest, but none of more than 8 MiB and no empty ones', () => {
  takeAll();
  const lengths = [30, 10, 90, 50, 20, 80, 60, 40, 70, 0, (1 << 21) + 1];
  for (const length of lengths) giveBack(new Int32Array(length));
  const taken = Array.from({ length: 8 }, () => takeNumbers(1).length);
  expect(taken).toEqual([20, 30, 40, 50, 60, 70, 80, 90]);
  expect(takeNumbers(1)).toHaveLength(1);
});

test('a small body gives memory that is far too large back to those that need it', () => {
  takeAll();
  const large = new Int32Array(10_000);
  giveBack(large);
  const numbers = createNumbers(1);
  numbers.add(1, 2, 3, 4, 5, 6);
  expect([...numbers.all()]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(takeNumbers(10_000)).toBe(large);
});
