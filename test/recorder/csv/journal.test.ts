import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DamagedRunError } from '../../../recorder/csv/damagedRunError.ts';
import { type CommitRecord, journalLine, readJournal } from '../../../recorder/csv/journal.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** What is read of such a journal, and how many bytes it has with the last record. */
async function read(
  text: string,
): Promise<{ readonly records: readonly CommitRecord[]; readonly bytes: number }> {
  const path = join(folder, 'journal.jsonl');
  await writeFile(path, text);
  const records: CommitRecord[] = [];
  let bytes = 0;
  for await (const { record, end } of readJournal(path)) {
    records.push(record);
    bytes = end;
  }
  return { records, bytes };
}

const state = fc.record({
  bytes: fc.nat(),
  rows: fc.nat(),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
});
const commitRecord = fc.record(
  {
    tick: fc.option(fc.double({ noDefaultInfinity: true, noNaN: true, min: 0 })),
    files: fc.dictionary(fc.constantFrom('node.csv', 'process.csv'), state),
  },
  { noNullPrototype: true },
);

test(
  'however a journal is torn, the whole records before the tear are read',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(commitRecord),
        fc.nat(),
        fc.string({ unit: 'binary' }),
        async (records, cut, garbage) => {
          const lines = records.map(journalLine);
          const whole = lines.slice(0, cut).join('');
          const torn = lines[cut]?.slice(0, -1) ?? '';
          for (const tail of [torn, `\0${garbage}`, `\0${garbage}\n${torn}`]) {
            const found = await read(whole + tail);
            expect(JSON.stringify(found.records)).toBe(JSON.stringify(records.slice(0, cut)));
            expect(found.bytes).toBe(whole.length);
          }
        },
      ),
    );
  },
);

const holes = ['{"tick":2}', '{"tick":2,"fi', '\0\0\0'];
const good = journalLine({ tick: 1, files: {} });

test.each(holes)('a journal ends before %j where no record behind it was synced', async (hole) => {
  const found = { records: [{ tick: 1, files: {} }], bytes: good.length };
  expect(await read(`${good}${hole}\n`)).toEqual(found);
  expect(await read(`${good}${hole}\n${good}${hole}\n${good}`)).toEqual(found);
});

test.each(holes)('a journal with a synced record behind %j is damaged', async (hole) => {
  const synced = journalLine({ tick: 3, synced: true, files: {} });
  for (const behind of [synced, good + synced]) {
    const damaged = read(`${good}${hole}\n${behind}`);
    await expect(damaged).rejects.toThrow(DamagedRunError);
    await expect(damaged).rejects.toThrow(
      `journal.jsonl is damaged behind byte ${good.length}: more records follow.`,
    );
  }
});
