import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digitsAt, isNoLess } from '../../../recorder/scrape/digits.ts';
import { viewOf } from '../../../recorder/scrape/sameBytes.ts';

test.each([
  ['12 ', 2],
  ['12.5\n', 2],
  ['x', 0],
  ['', 0],
  ['42', 2],
  ['1'.repeat(1000), 20],
])('%j begins with %d digits', (text, digits) => {
  expect(digitsAt(viewOf(Buffer.from(text)), 0)).toBe(digits);
});

function isNoLessText(before: string, now: string): boolean {
  const [past, view] = [before, now].map((text) => viewOf(Buffer.from(text)));
  if (past === undefined || view === undefined) throw new Error('There are two.');
  return isNoLess(past, 0, before.length, view, 0, now.length);
}

test('a zero that is lost at the end is left to those who read numbers', () => {
  expect(isNoLessText('1.50', '1.5')).toBe(false);
  expect(isNoLessText('1.5', '1.50')).toBe(true);
});

/** Of four digits before the point, which nobody compares with fewer. */
const plain = fc
  .tuple(fc.integer({ min: 1000, max: 9999 }), fc.option(fc.nat(999), { nil: undefined }))
  .map(([whole, decimals]) => (decimals === undefined ? String(whole) : `${whole}.${decimals}`));

test('a number that is less is never taken for one that is not', () => {
  const wrong = fc.sample(fc.tuple(plain, plain), 2000).filter(([before, now]) => {
    const isLess = Number(now) < Number(before);
    return isNoLessText(before, now) === isLess && (isLess || now.length >= before.length);
  });
  expect(wrong).toEqual([]);
});
