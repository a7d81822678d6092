import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeTable } from '../../../exporter/metrics/node.ts';
import { cell, columnNames, valuesOf } from '../../../recorder/run/cell.ts';
import type { Row } from '../../../recorder/scrape/answer.ts';

const columns = columnNames(nodeTable);

function rowOf(values: readonly string[]): Row {
  return { table: nodeTable, labels: [], key: '', text: values.join(',') };
}

test('a cell is the value of its column', () => {
  const value = fc.constantFrom('', '0', '12', '1.5', 'NaN', '-Inf', '18446744073709551615');
  fc.assert(
    fc.property(fc.array(value, { minLength: columns.length, maxLength: columns.length }), (values) => {
      const row = rowOf(values);
      const expected = values.map((text) => (text === '' ? undefined : text));
      expect(columns.map((column) => cell(row, column))).toEqual(expected);
      expect(valuesOf(row)).toEqual(expected);
    }),
  );
});

test('a column that the table or the row does not have has no value', () => {
  expect(cell(rowOf(columns.map(() => '1')), 'unheard_of')).toBeUndefined();
  expect(cell(rowOf(['1']), columns[1] ?? '')).toBeUndefined();
  expect(cell(rowOf(['1']), columns[0] ?? '')).toBe('1');
});
