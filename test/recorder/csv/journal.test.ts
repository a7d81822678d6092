import fc from 'fast-check';
import { expect, test } from 'vitest';
import { committedFiles, journalLine, parseJournal } from '../../../recorder/csv/journal.ts';

const state = fc.record({
  bytes: fc.nat(),
  rows: fc.nat(),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
});
const record = fc.record(
  {
    tick: fc.option(fc.double({ noDefaultInfinity: true, noNaN: true, min: 0 })),
    files: fc.dictionary(fc.constantFrom('node.csv', 'process.csv'), state),
  },
  { noNullPrototype: true },
);

test('however a journal is torn, the whole records before the tear are read', () => {
  fc.assert(
    fc.property(fc.array(record), fc.nat(), fc.string({ unit: 'binary' }), (records, cut, garbage) => {
      const lines = records.map(journalLine);
      const whole = lines.slice(0, cut);
      const torn = lines[cut]?.slice(0, -1) ?? '';
      const read = JSON.stringify(parseJournal(whole.join('') + torn));
      expect(read).toBe(JSON.stringify(records.slice(0, cut)));
      expect(parseJournal(`${whole.join('')}\0${garbage}\n${torn}\n`)).toHaveLength(whole.length);
    }),
  );
});

test('a line that is JSON but no record ends the journal', () => {
  const good = journalLine({ tick: 1, files: {} });
  expect(parseJournal(`${good}{"tick":2}\n${good}`)).toEqual([{ tick: 1, files: {} }]);
});

test('the files go as far as the last record with them says', () => {
  const [early, late] = ['a', 'b'].map((digit, index) => ({
    bytes: index,
    rows: index,
    sha256: digit.repeat(64),
  }));
  if (!early || !late) throw new Error('There are two.');
  expect([
    ...committedFiles([
      { tick: null, files: { 'node.csv': early, 'marks.csv': early } },
      { tick: 1, files: { 'node.csv': late } },
    ]),
  ]).toEqual([
    ['node.csv', late],
    ['marks.csv', early],
  ]);
});
