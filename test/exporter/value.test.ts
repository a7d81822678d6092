import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KernelUnit } from '../../exporter/metrics/spec.ts';
import { formatter } from '../../exporter/value.ts';

const sizes = { pageSize: 4096, clockTicks: 100 };

test.each<[KernelUnit, number | bigint, string]>([
  ['count', 42, '42'],
  ['count', 18_446_744_073_709_551_615n, '18446744073709551615'],
  ['load', 0.52, '0.52'],
  ['cores', 1.5, '1.5'],
  ['seconds', 1_717_203_019.47, '1717203019.47'],
  ['KiB', 24_736_384, '25330057216'],
  ['pages', 3, '12288'],
  ['pages', 2n ** 53n, '36893488147419103232'],
  ['sectors', 13_693_762, '7011206144'],
  ['ticks', 1234, '12.34'],
  ['ticks', 30, '0.3'],
  ['ticks', 100, '1'],
  ['ms', 132_827, '132.827'],
  ['us', 1, '0.000001'],
  ['us', 11_515_408, '11.515408'],
  ['ns', 1, '0.000000001'],
  ['ns', 2_534_252_628, '2.534252628'],
  ['ns', 9_007_199_254_740_993n, '9007199.254740993'],
  ['ns', 0, '0'],
])('%s %s is written %s', (unit, value, text) => {
  expect(formatter(unit, sizes)(value)).toBe(text);
});

test('every decimal shift is exact, whatever the size of the number', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.constantFrom(...digits),
      (count, [unit, shift]) => {
        const value = count <= 2n ** 53n ? Number(count) : count;
        const [whole = '', fraction = ''] = formatter(unit, sizes)(value).split('.');
        expect(BigInt(whole + fraction.padEnd(shift, '0'))).toBe(count);
        expect(fraction).not.toMatch(/0$/);
      },
    ),
  );
});

const digits = [
  ['ticks', 2],
  ['ms', 3],
  ['us', 6],
  ['ns', 9],
] as const;

test('clock ticks that are no power of ten are divided', () => {
  expect(formatter('ticks', { ...sizes, clockTicks: 1024 })(512)).toBe('0.5');
});
