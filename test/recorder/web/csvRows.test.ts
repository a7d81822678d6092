import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRows, firstRow } from '../../../recorder/web/csvRows.ts';

test('gives the cells of whole rows, and where the text goes on behind each', () => {
  expect(csvRows('a,b\n1,\n"x,y","say ""hi""\nto all"\n2,uncut')).toEqual([
    { cells: ['a', 'b'], end: 4 },
    { cells: ['1', ''], end: 7 },
    { cells: ['x,y', 'say "hi"\nto all'], end: 33 },
  ]);
});

test('whatever csv-stringify writes comes back', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'ä', "'") });
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (rows) => {
      const text = stringify(rows);
      expect(csvRows(text).map(({ cells }) => cells)).toEqual(rows);
      expect(csvRows(text).at(-1)?.end ?? 0).toBe(text.length);
    }),
  );
});

test('a text that was cut out of the middle begins at its first row', () => {
  const text = 'z,3\n2026-11-23T04:00:00.000Z,one,1\n';
  expect(text.slice(firstRow(text))).toBe('2026-11-23T04:00:00.000Z,one,1\n');
  expect(firstRow('no row')).toBe(6);
});
