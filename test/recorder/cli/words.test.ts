import { expect, test } from 'vitest';
import { readWords } from '../../../recorder/cli/prompt/words.ts';

test.each([
  ['', [], ''],
  ['  start  test000 ', ['start', 'test000'], ''],
  ['start te', ['start', 'te'], 'te'],
  ['mark "load  begins" now', ['mark', 'load  begins', 'now'], 'now'],
  [String.raw`mark 'it''s "on"' a\ b \"`, ['mark', 'its "on"', 'a b', '"'], String.raw`\"`],
  [
    String.raw`mark "say \"now\" \\ \n"`,
    ['mark', String.raw`say "now" \ \n`],
    String.raw`"say \"now\" \\ \n"`,
  ],
  ["--label=k='a b'", ['--label=k=a b'], "--label=k='a b'"],
  ["start ''", ['start', ''], "''"],
  ['status # is it well?', ['status'], ''],
  ['mark a#b', ['mark', 'a#b'], 'a#b'],
  ['märk 名前\t', ['märk', '名前'], ''],
])('%j is parted into %j', (line, words, last) => {
  expect(readWords(line)).toEqual({ words, last, isOpen: false });
});

test.each(["mark 'it begins", 'mark "it begins', String.raw`mark "it \"`, 'mark it\\'])(
  '%j is not closed',
  (line) => {
    expect(readWords(line).isOpen).toBe(true);
  },
);
