import { expect, test } from 'vitest';
import { table } from '../../../recorder/cli/table.ts';

interface Thing {
  readonly name?: string;
  readonly size: number;
}

function show(things: readonly Thing[]): string {
  return table(things, [
    { title: 'NAME', cell: ({ name }) => name },
    { title: 'SIZE', align: 'right', cell: ({ size }) => String(size) },
    { title: 'NOTE', cell: () => '' },
  ]);
}

test('words stand left, numbers right, absent is a dash, and no line ends in a space', () => {
  expect(show([{ name: 'node.csv', size: 7 }, { size: 12_345 }])).toBe(
    'NAME       SIZE  NOTE\nnode.csv      7\n-         12345',
  );
});

test('a name of several code points is as wide as it looks, and one with escapes breaks nothing', () => {
  expect(
    show([
      { name: 'e\u0301e\u0301', size: 1 },
      { name: '\u001B[2Jevil\n', size: 2 },
    ]),
  ).toBe('NAME   SIZE  NOTE\ne\u0301e\u0301        1\nevil      2');
});
