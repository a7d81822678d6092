import { assert, bigInt, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { add, multiply, subtract } from '../../../recorder/read/decimal.ts';

test.each([
  ['0.3', '0.1', '0.2'],
  ['1267.94', '1267.91', '0.03'],
  ['10.05', '9.95', '0.1'],
  ['12.48', '12.5', '-0.02'],
  ['7', '7', '0'],
  ['1.50', '0', '1.5'],
  ['18446744073709551615', '9007199254740993', '18437736874454810622'],
  ['1795362026.000133', '1795362025.000259', '0.999874'],
  ['1e3', '1', '999'],
  ['2.5e-3', '0', '0.0025'],
  ['-1', '-3', '2'],
])('%s - %s is %s', (left, right, difference) => {
  expect(subtract(left, right)).toBe(difference);
});

test.each([
  ['NaN', '1'],
  ['1', '+Inf'],
  ['', '1'],
  ['1', ''],
  ['.', '1'],
])('%j - %j is nothing', (left, right) => {
  expect(subtract(left, right)).toBeUndefined();
});

test('sums and products are exact', () => {
  expect(add('0.1', '0.2')).toBe('0.3');
  expect(multiply('1048576', '0.000244140625')).toBe('256');
  expect(multiply('-0.07', '100')).toBe('-7');
});

test('what is subtracted can be added again, whatever the digits', () => {
  const decimal = bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).chain((digits) =>
    integer({ min: 0, max: 12 }).map((scale) => {
      const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
      const point = text.length - scale;
      const fraction = text.slice(point).replace(/0+$/, '');
      const sign = digits < 0n ? '-' : '';
      return `${sign}${text.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
    }),
  );
  assert(
    property(decimal, decimal, (left, right) => {
      expect(add(subtract(left, right) ?? '', right)).toBe(left === '-0' ? '0' : left);
    }),
  );
});
