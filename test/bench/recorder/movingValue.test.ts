import { expect, test } from 'vitest';
import { movingValue } from './movingValue.ts';

const after = (series: string, recorded: string): readonly string[] =>
  [0, 1, 2, 10].map((step) => movingValue(series, recorded)(step));

test('a counter of bytes moves by pages, exactly, above what a number can hold, too', () => {
  const [start = '', one = '', two = '', ten = ''] = after('read_bytes_total{pid="1"} ', '9007199254740993');
  const stride = BigInt(one) - BigInt(start);
  expect(start).toBe('9007199254740993');
  expect(stride > 0n && stride % 4096n === 0n).toBe(true);
  expect([BigInt(two), BigInt(ten)]).toEqual([BigInt(start) + 2n * stride, BigInt(start) + 10n * stride]);
});

test('a counter of seconds keeps its decimals, without zeros at their end', () => {
  const cells = after('cpu_user_seconds_total ', '0.05');
  expect(cells[0]).toBe('0.05');
  for (const cell of cells) expect(cell).toMatch(/^\d+(\.\d?[1-9])?$/);
  expect(cells.map(Number)).toEqual(cells.map(Number).toSorted((a, b) => a - b));
  expect(new Set(cells).size).toBe(4);
});

test('what does not count stays as it was recorded', () => {
  expect(after('memory_rss_bytes ', '4096')).toEqual(['4096', '4096', '4096', '4096']);
  expect(after('oom_kills_total ', '0')).toEqual(['0', '0', '0', '0']);
  expect(after('odd_total ', '1e+06')).toEqual(['1e+06', '1e+06', '1e+06', '1e+06']);
});
