import { assert, bigInt, maxSafeInteger, property } from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, sum } from '../../../exporter/parse/decimal.ts';
import { bytes } from './text.ts';

function read(text: string) {
  return decimal(bytes(text), 0, text.length - 1);
}

test('is a number up to 2^53 and a bigint above', () => {
  expect(read('0\n')).toBe(0);
  expect(read('999999999999999\n')).toBe(999999999999999);
  expect(read('9007199254740992\n')).toBe(9007199254740992);
  expect(read('9007199254740993\n')).toBe(9007199254740993n);
  expect(read('18446744073709551615\n')).toBe(18446744073709551615n);
  expect(read('-1\n')).toBe(-1);
  expect(read('-9007199254740993\n')).toBe(-9007199254740993n);
  expect(read('-0\n')).toBe(0);
  expect(read('00000000000000000000007\n')).toBe(7);
});

test('is undefined where there is no number', () => {
  const texts = ['\n', '-\n', '--1\n', '+1\n', '1.5\n', '0x10\n', '12a\n', 'max\n', '1 2\n'];
  expect(texts.filter((text) => read(text) !== undefined)).toEqual([]);
});

test('is undefined at the end of the text, where digits may be missing', () => {
  expect(decimal(bytes('1234'), 0, 4)).toBeUndefined();
});

test('is exact for a number of any size', () => {
  assert(
    property(bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
      const parsed = read(`${value}\n`);
      expect(String(parsed)).toBe(String(value));
      expect(typeof parsed).toBe(value <= 2n ** 53n && value >= -(2n ** 53n) ? 'number' : 'bigint');
    }),
  );
});

test('adds exactly', () => {
  expect(sum(1, 2)).toBe(3);
  expect(sum(9007199254740991, 2)).toBe(9007199254740993n);
  expect(sum(9007199254740993n, -9007199254740992)).toBe(1);
  assert(
    property(maxSafeInteger(), bigInt({ min: 2n ** 53n + 1n, max: 2n ** 64n }), (a, b) => {
      expect(String(sum(a, b))).toBe(String(BigInt(a) + b));
      expect(String(sum(a, a))).toBe(String(BigInt(a) * 2n));
    }),
  );
});
