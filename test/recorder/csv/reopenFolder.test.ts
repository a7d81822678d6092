import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CsvFileName, csvFiles } from '../../../recorder/csv/columns.ts';
import {
  createRunFolder,
  DamagedRunError,
  reopenRunFolder,
  type RunFolder,
} from '../../../recorder/csv/folder.ts';
import { committedFiles, journalRecords } from '../../support/journal.ts';

let outputDir: string;

beforeEach(async () => {
  outputDir = await mkdtemp(join(tmpdir(), 'reopen-folder-'));
});

afterEach(async () => {
  await rm(outputDir, { recursive: true });
});

/** Four ticks a second: every fourth is synced. */
const interval = 0.25;
const path = (file: string) => join(outputDir, 'test000', file);
const text = (file: string) => readFile(path(file), 'utf8');
const reopen = () => reopenRunFolder(outputDir, 'test000', interval);

function appendTick(folder: RunFolder, tick: number): Promise<void> {
  for (const file of ['node.csv', 'process.csv'] as const satisfies readonly CsvFileName[]) {
    folder.append({ file, text: `tick ${tick} of ${file}\n`.repeat(tick), rows: tick });
  }
  return folder.commit(tick);
}

/** A run of so many ticks whose recorder ended without a word. */
async function endedAfter(ticks: number): Promise<void> {
  await rm(path(''), { recursive: true, force: true });
  const folder = await createRunFolder(outputDir, 'test000', { manifest: {}, interval });
  for (let tick = 1; tick <= ticks; tick++) await appendTick(folder, tick);
  const journal = await text('journal.jsonl');
  await folder.close();
  await writeFile(path('journal.jsonl'), journal);
}

async function contents(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(path(''))).toSorted();
  return new Map(await Promise.all(names.map(async (name) => [name, await text(name)] as const)));
}

test('what lies behind the last commit is cut off, and the run goes on as if it had not been there', async () => {
  await endedAfter(5);
  const before = await contents();
  await appendFile(path('node.csv'), 'tick 6 of no');
  await appendFile(path('marks.csv'), 'x\n');
  await appendFile(path('journal.jsonl'), '{"tick":6,"files":{"node.csv":{"by');
  const folder = await reopen();
  expect(await contents()).toEqual(before);
  await appendTick(folder, 6);
  await folder.close();
  const gone = await contents();
  await endedAfter(6);
  expect([...gone].filter(([name]) => name.endsWith('.csv'))).toEqual(
    [...(await contents())].filter(([name]) => name.endsWith('.csv')),
  );
  const committed = committedFiles(journalRecords(gone.get('journal.jsonl') ?? ''));
  expect(committed).toEqual(committedFiles(journalRecords(await text('journal.jsonl'))));
});

test(
  'however much a power cut has taken of what was not synced, whole ticks are left in all files',
  { timeout: 60_000 },
  async () => {
    await endedAfter(7);
    const whole = await contents();
    const records = journalRecords(await text('journal.jsonl'));
    const bytes = (file: string, tick: number) =>
      committedFiles(records.slice(0, tick + 1)).get(file)?.bytes ?? Number.NaN;
    expect(records.map(({ synced }) => synced === true)).toEqual([
      true,
      false,
      false,
      false,
      true,
      false,
      false,
      false,
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: bytes('node.csv', 4), max: bytes('node.csv', 7) }),
        fc.integer({ min: bytes('process.csv', 4), max: bytes('process.csv', 7) }),
        async (node, process) => {
          for (const [name, content] of whole) await writeFile(path(name), content);
          await truncate(path('node.csv'), node);
          await truncate(path('process.csv'), process);
          await (await reopen()).close();
          const left = [4, 5, 6, 7].findLast(
            (tick) => bytes('node.csv', tick) <= node && bytes('process.csv', tick) <= process,
          );
          expect(journalRecords(await text('journal.jsonl'))).toEqual(records.slice(0, (left ?? 0) + 1));
          expect((await stat(path('node.csv'))).size).toBe(bytes('node.csv', left ?? 0));
          expect((await stat(path('process.csv'))).size).toBe(bytes('process.csv', left ?? 0));
        },
      ),
      { numRuns: 30 },
    );
  },
);

test.each([
  [
    'shorter than what was synced',
    'node.csv',
    (content: string) => content.slice(0, 100),
    /node\.csv is shorter than the \d+ bytes that were committed\.$/,
  ],
  [
    'changed',
    'process.csv',
    (content: string) => content.replace('tick 1', 'tick 7'),
    /process\.csv has other bytes than the \d+ that were committed\.$/,
  ],
  ['without a whole record', 'journal.jsonl', () => '{"tick":null', /journal\.jsonl has no whole record\.$/],
  [
    'damaged in the middle of the journal',
    'journal.jsonl',
    (content: string) => content.replace('{"tick":2,', '{"tick":2;'),
    /journal\.jsonl is damaged behind byte \d+: more records follow\.$/,
  ],
  [
    'of another version',
    'journal.jsonl',
    (content: string) =>
      content
        .replace(/"process\.csv":\{"bytes":\d+,"rows":0,"sha256":"./, '$&0')
        .replace(/("sha256":"[0-9a-f]{64})[0-9a-f]"/, '$1"'),
    /process\.csv has other columns than this version of kubemon writes/,
  ],
])('a run whose files are %s is not gone on with, and left as it is', async (_, file, damage, message) => {
  await endedAfter(4);
  await writeFile(path(file), damage(await text(file)));
  const before = await contents();
  await expect(reopen()).rejects.toThrow(DamagedRunError);
  await expect(reopen()).rejects.toThrow(message);
  expect(await contents()).toEqual(before);
});

test('a file that is gone is damage, too', async () => {
  await endedAfter(1);
  await rm(path('marks.csv'));
  await expect(reopen()).rejects.toThrow(/marks\.csv is shorter than the \d+ bytes/);
  expect(await readdir(path(''))).toHaveLength(csvFiles.length + 2);
});
