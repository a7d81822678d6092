import { expect, test } from 'vitest';
import { timeByFile } from './cpuProfile.ts';

const node = (id: number, functionName: string, url: string) => ({ id, callFrame: { functionName, url } });

const profile = {
  nodes: [
    node(1, 'read', 'file:///somewhere/dist/recorder/scrape/exposition.js'),
    node(2, 'find', 'file:///somewhere/dist/recorder/scrape/exposition.js'),
    node(3, 'stringify', 'file:///somewhere/node_modules/csv-stringify/lib/index.js'),
    node(4, 'parse', 'file:///somewhere/node_modules/@scope/name/lib/index.js'),
    node(5, '(idle)', ''),
    node(6, '(garbage collector)', ''),
    node(7, 'replace', ''),
  ],
  startTime: 1_000_000,
  endTime: 3_000_000,
  samples: [1, 5, 1, 2, 3, 6, 4, 7],
  timeDeltas: [500_000, 500_000, 200_000, 300_000, 100_000, 200_000, 100_000, 100_000],
};

test('time by file at the end of a profile, without what was idle', () => {
  expect(timeByFile(profile, 1)).toEqual([
    { file: 'recorder/scrape/exposition.js', share: 0.5 },
    { file: '(garbage collector)', share: 0.2 },
    { file: 'csv-stringify', share: 0.1 },
    { file: '@scope/name', share: 0.1 },
    { file: '(built in)', share: 0.1 },
  ]);
});

test('of all of it', () => {
  const [first] = timeByFile(profile, 2);
  expect(first).toEqual({ file: 'recorder/scrape/exposition.js', share: 1_000_000 / 1_500_000 });
});
