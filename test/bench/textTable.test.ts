import { expect, test } from 'vitest';
import { figureTable, textTable } from './textTable.ts';

test('columns are as wide as their widest cell, at least three, and a bar does not end a cell', () => {
  const table = { title: 'Cost', columns: ['n', 'program'], rows: [['60', 'a|b'], ['1000']] };
  expect(textTable(table)).toBe(
    [
      '**Cost**',
      '',
      '| n    | program |',
      '| ---- | ------- |',
      '| 60   | a\\|b    |',
      '| 1000 |         |',
    ].join('\n'),
  );
});

test('a table without rows is its head', () => {
  expect(textTable({ title: 'None', columns: ['a'], rows: [] })).toBe('**None**\n\n| a   |\n| --- |');
});

test('a goal is met, not met, or there is none', () => {
  const figures = [
    { what: 'memory', measured: '90 MB', ratio: '2 x the floor', goal: 'under 100 MB', isMet: true },
    { what: 'CPU', measured: '40 ms', goal: 'under 30 ms', isMet: false },
    { what: 'series', measured: '22000' },
  ];
  expect(figureTable('Goals', figures)).toEqual({
    title: 'Goals',
    columns: ['what', 'measured', 'ratio', 'goal', 'met'],
    rows: [
      ['memory', '90 MB', '2 x the floor', 'under 100 MB', 'yes'],
      ['CPU', '40 ms', '', 'under 30 ms', 'no'],
      ['series', '22000', '', '', ''],
    ],
  });
});
