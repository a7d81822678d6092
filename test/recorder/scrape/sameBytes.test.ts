import { expect, test } from 'vitest';
import { sameBytes, viewOf } from '../../../recorder/scrape/sameBytes.ts';

const bytes = Buffer.from(Array.from({ length: 60 }, (_, index) => index + 1));
const view = viewOf(bytes);

test('of any length and at any place, one other byte is enough', () => {
  for (let length = 0; length <= 50; length++) {
    for (const start of [0, 1, 3]) {
      const other = Buffer.concat([Buffer.alloc(2), bytes.subarray(start)]);
      expect(sameBytes(view, start, viewOf(other), 2, length)).toBe(true);
      for (let at = 0; at < length; at++) {
        other[2 + at] = 0;
        expect(sameBytes(view, start, viewOf(other), 2, length)).toBe(false);
        other[2 + at] = bytes[start + at] ?? 0;
      }
    }
  }
});

test('what goes beyond the end is not the same', () => {
  expect(sameBytes(view, 50, view, 50, 10)).toBe(true);
  expect(sameBytes(view, 50, view, 50, 11)).toBe(false);
  expect(sameBytes(view, 0, view, 57, 4)).toBe(false);
});
