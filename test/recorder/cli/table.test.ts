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

const wide: readonly Thing[] = [
  { name: 'a-container-with-a-long-name', size: 1_234_567 },
  { name: '名前名前名前名前名前', size: 1 },
];

function showIn(room: number): string {
  const columns = [
    { title: 'NAME', cell: ({ name }: Thing) => name },
    { title: 'SIZE', align: 'right', cell: ({ size }: Thing) => String(size) },
    { title: 'OTHER', cell: () => 'an explanation' },
  ] as const;
  return table(wide, columns, room);
}

test('in a narrow terminal words are shortened, the longest first, and numbers never', () => {
  expect(showIn(54)).toBe(
    'NAME                             SIZE  OTHER\n' +
      'a-container-with-a-long-name  1234567  an explanation\n' +
      '名前名前名前名前名前                1  an explanation',
  );
  expect(showIn(40)).toBe(
    'NAME                SIZE  OTHER\n' +
      'a-container-wi…  1234567  an explanation\n' +
      '名前名前名前名…        1  an explanation',
  );
  expect(showIn(30)).toBe(
    'NAME           SIZE  OTHER\na-contain…  1234567  an expla…\n名前名前…         1  an expla…',
  );
});

test('what does not fit even so is left out, from the right', () => {
  expect(showIn(20)).toBe('NAME            SIZE\na-containe…  1234567\n名前名前名…        1');
  expect(showIn(12)).toBe('NAME\na-container…\n名前名前名…');
  expect(showIn(3)).toBe('NA…\na-…\n名…');
});
