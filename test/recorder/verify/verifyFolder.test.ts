import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../recorder/verify/finding.ts';
import { verifyFolder } from '../../../recorder/verify/verifyFolder.ts';
import { journalRecords } from '../../support/journal.ts';
import { changeLines, replaceIn } from './changing.ts';
import { recordedRuns } from './recordedRuns.ts';

const runs = recordedRuns();
/** Milliseconds, on a busy machine. */
const timeout = 120_000;

/** A folder, damaged so; what is found of it. */
async function foundOf(run: 'stopped' | 'open', damage: (at: (file: string) => string) => void) {
  const folder = runs.copy(run);
  damage((file) => join(folder, file));
  return verifyFolder(folder);
}

const removed = (index: number) => (lines: readonly string[]) => lines.toSpliced(index, 1);
const doubled = (index: number) => (lines: readonly string[]) =>
  lines.toSpliced(index, 0, lines[index] ?? '');
const swapped = (index: number) => (lines: readonly string[]) =>
  lines.toSpliced(index, 2, lines[index + 1] ?? '', lines[index] ?? '');

test('a run that was stopped is verified: every row, and not a word against it', async () => {
  const folder = runs.copy('stopped');
  const found = await verifyFolder(folder);
  expect(found).toMatchObject({ path: folder, run: 'stopped', state: 'stopped', isVerified: true });
  expect(found.findings).toEqual([]);
  const { files, ticks } = runs.manifest(folder);
  expect(found.ticks).toBe(ticks.done);
  expect(found.wholeTo).toBe(ticks.last);
  expect(found.files.filter(({ name }) => name.endsWith('.csv'))).toEqual(
    files.map(({ name, bytes, rows }) => ({ name, bytes, rows })),
  );
  for (const name of ['node', 'process', 'containers', 'scrapes', 'events', 'marks', 'samples']) {
    expect(files.find((file) => file.name === `${name}.csv`)?.rows).toBeGreaterThan(0);
  }
});

test('of a run that was left unfinished, how far it is whole is said', async () => {
  const folder = runs.copy('open');
  const last = journalRecords(readFileSync(join(folder, 'journal.jsonl'), 'utf8')).at(-1)?.tick ?? 0;
  const tick = new Date(last * 1000).toISOString();
  appendFileSync(join(folder, 'node.csv'), '2026-01-02T');
  appendFileSync(join(folder, 'journal.jsonl'), '{"tick":17');
  const { isVerified, wholeTo, findings } = await verifyFolder(folder);
  expect({ isVerified, wholeTo }).toEqual({ isVerified: true, wholeTo: tick });
  expect(findings).toMatchObject([
    {
      file: 'journal.jsonl',
      tick,
      severity: 'note',
      sentence: expect.stringContaining(`whole up to the tick ${tick}; what lies behind`),
    },
    { file: 'node.csv', severity: 'note', sentence: '11 bytes lie behind the last commit' },
    {
      file: 'journal.jsonl',
      severity: 'note',
      sentence: 'its last 10 bytes are no whole record: none of it was made durable',
    },
  ]);
});

test('a run that is being recorded can be verified at any moment', { timeout }, async () => {
  const folder = join(runs.recorder.outputDir, 'open');
  const ticks = [];
  while (ticks.length < 20) {
    const { isVerified, findings, ticks: done } = await verifyFolder(folder);
    expect({ isVerified, damage: findings.filter(({ severity }) => severity === 'damage') }).toEqual({
      isVerified: true,
      damage: [],
    });
    ticks.push(done);
  }
  expect(ticks.at(-1)).toBeGreaterThan(ticks[0] ?? 0);
});

describe('damage is named with file and place', () => {
  test.each<[string, (at: (file: string) => string) => void, Partial<Finding>]>([
    [
      'a row is removed',
      (at) => {
        changeLines(at('process.csv'), removed(3));
      },
      {
        file: 'process.csv',
        sentence: expect.stringMatching(
          /it has other bytes than the commit of .* in journal\.jsonl says \(SHA-256\)$/,
        ),
      },
    ],
    [
      'two rows are swapped',
      (at) => {
        changeLines(at('node.csv'), swapped(1));
      },
      { file: 'node.csv', line: 3, sentence: expect.stringMatching(/^the row is of .*, behind a row of /) },
    ],
    [
      'a row lacks a cell',
      (at) => {
        changeLines(at('node.csv'), (lines) => lines.with(2, lines[2]?.replace(',', '') ?? ''));
      },
      {
        file: 'node.csv',
        line: 3,
        sentence: expect.stringMatching(/^the row has \d+ cells, and the header \d+$/),
      },
    ],
    [
      'a quote is open',
      (at) => {
        replaceIn(at('marks.csv'), `"'=load`, '=load');
      },
      { file: 'marks.csv', line: 2 },
    ],
    [
      'a timestamp is none',
      (at) => {
        changeLines(at('node.csv'), (lines) => lines.with(2, `x${lines[2] ?? ''}`));
      },
      { file: 'node.csv', line: 3, sentence: 'the row has no timestamp' },
    ],
    [
      'a tick is off the interval',
      (at) => {
        changeLines(at('scrapes.csv'), (lines) =>
          lines.with(1, lines[1]?.replace(/\.\d{3}Z/, '.123Z') ?? ''),
        );
      },
      {
        file: 'scrapes.csv',
        line: 2,
        sentence: expect.stringMatching(
          /^the row is of .*\.123Z, which is no multiple of the interval of 0\.25 s$/,
        ),
      },
    ],
    [
      'a tick is there twice',
      (at) => {
        changeLines(at('scrapes.csv'), (lines) => lines.toSpliced(4, 0, ...lines.slice(1, 4)));
      },
      { file: 'scrapes.csv', line: 5 },
    ],
    [
      'a header is another',
      (at) => {
        replaceIn(at('events.csv'), 'timestamp,kind', 'timestamp,Kind');
      },
      { file: 'events.csv', line: 1, byte: 0, sentence: 'the row is not the header that run.json tells of' },
    ],
    [
      'a file is cut',
      (at) => {
        truncateSync(at('samples.csv'), 60);
      },
      {
        file: 'samples.csv',
        byte: 60,
        sentence: expect.stringMatching(
          /^ends at byte 60, and the commit of .* in journal\.jsonl says it has \d+ bytes$/,
        ),
      },
    ],
    [
      'a file has more',
      (at) => {
        appendFileSync(at('samples.csv'), 'x\n');
      },
      { file: 'samples.csv', sentence: '2 bytes lie behind the end of what was recorded' },
    ],
    [
      'a file is gone',
      (at) => {
        rmSync(at('node_disk.csv'));
      },
      {
        file: 'node_disk.csv',
        sentence: expect.stringMatching(
          /^is missing; the commit of the headers in journal\.jsonl says it has \d+ bytes$/,
        ),
      },
    ],
    [
      'a record of the journal is removed',
      (at) => {
        changeLines(at('journal.jsonl'), removed(3));
      },
      {
        file: 'scrapes.csv',
        sentence: expect.stringMatching(/^the row is of .*, but was committed with the tick /),
      },
    ],
    [
      'the first record is removed',
      (at) => {
        changeLines(at('journal.jsonl'), removed(0));
      },
      {
        file: 'journal.jsonl',
        line: 1,
        byte: 0,
        sentence: 'the first record is not that of the headers: records are missing before it',
      },
    ],
    [
      'the last record is removed',
      (at) => {
        changeLines(at('journal.jsonl'), (lines) => lines.slice(0, -1));
      },
      {
        file: 'journal.jsonl',
        sentence: expect.stringMatching(/^does not tell what containers\.csv is, while run\.json does: /),
      },
    ],
    [
      'a record is there twice',
      (at) => {
        changeLines(at('journal.jsonl'), doubled(2));
      },
      { file: 'journal.jsonl', line: 4, sentence: expect.stringMatching(/^the tick .* is committed twice$/) },
    ],
    [
      'records are swapped',
      (at) => {
        changeLines(at('journal.jsonl'), swapped(2));
      },
      {
        file: 'journal.jsonl',
        line: 4,
        sentence: expect.stringMatching(/^the record is of .*, behind one of /),
      },
    ],
    [
      'a record has another sum',
      (at) => {
        changeLines(at('journal.jsonl'), (lines) =>
          lines.with(2, lines[2]?.replace(/"sha256":"./, '"sha256":"x') ?? ''),
        );
      },
      {
        file: 'journal.jsonl',
        line: 3,
        sentence: 'what begins here is no record, and a record follows that was made durable',
      },
    ],
    [
      'a record is not synced any more',
      (at) => {
        replaceIn(at('journal.jsonl'), '"synced":true', '"sinced":true');
      },
      { file: 'journal.jsonl', line: 1, sentence: 'the record is not as kubemon writes it' },
    ],
    [
      'the journal is torn',
      (at) => {
        appendFileSync(at('journal.jsonl'), '{"tick"');
      },
      { file: 'journal.jsonl', sentence: 'its last 7 bytes are no whole record: though the run was stopped' },
    ],
    [
      'the journal is empty',
      (at) => {
        truncateSync(at('journal.jsonl'), 0);
      },
      { file: 'journal.jsonl', sentence: 'has no whole record' },
    ],
    [
      'run.json is gone',
      (at) => {
        rmSync(at('run.json'));
      },
      {
        file: 'run.json',
        sentence: 'is missing: what the run was to be is not known, only what its journal tells',
      },
    ],
    [
      'run.json is torn',
      (at) => {
        truncateSync(at('run.json'), 100);
      },
      { file: 'run.json', sentence: expect.stringMatching(/^is no JSON: /) },
    ],
    [
      'run.json is another thing',
      (at) => {
        writeFileSync(at('run.json'), '{}');
      },
      { file: 'run.json', sentence: expect.stringMatching(/^is not that of a run: schemaVersion: /) },
    ],
    [
      'a label is another',
      (at) => {
        replaceIn(at('run.json'), '"load": "high"', '"load": "low"');
      },
      { file: 'run.json', sentence: 'says other things than the recorder wrote (SHA-256 of all but sha256)' },
    ],
  ])('%s', async (_, damage, finding) => {
    const { findings, isVerified } = await foundOf('stopped', damage);
    expect(isVerified).toBe(false);
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'damage', ...finding }));
  });
});

test('that a line of the journal lies is not put on the file', async () => {
  const { findings } = await foundOf('stopped', (at) => {
    changeLines(at('journal.jsonl'), (lines) =>
      lines.with(
        2,
        lines[2]?.replace(
          /("node\.csv":.*?"sha256":")(.)/,
          (_, start: string, digit: string) => `${start}${digit === '0' ? '1' : '0'}`,
        ) ?? '',
      ),
    );
  });
  expect(findings).toMatchObject([
    { file: 'node.csv', severity: 'damage' },
    {
      file: 'journal.jsonl',
      severity: 'damage',
      sentence: 'does not tell what node.csv is, while run.json does: here it is the journal that is damaged',
    },
  ]);
});

test('without what a recorder goes on by, a run that was stopped is compared with run.json alone, and that is said', async () => {
  const found = await foundOf('stopped', (at) => {
    rmSync(at('journal.jsonl'));
    rmSync(at('.resume.jsonl'));
  });
  expect(found.isVerified).toBe(true);
  expect(found.findings.map(({ file, severity, sentence }) => [file, severity, sentence])).toEqual([
    ['.resume.jsonl', 'note', 'is not there, and was not verified: only to go on with a run it is needed'],
    [
      'journal.jsonl',
      'note',
      'is not there: the files were compared with run.json alone, and not tick by tick',
    ],
  ]);
  const damaged = await foundOf('stopped', (at) => {
    rmSync(at('journal.jsonl'));
    replaceIn(at('node.csv'), '4', '5');
  });
  expect(damaged.findings).toContainEqual(
    expect.objectContaining({
      file: 'node.csv',
      severity: 'damage',
      sentence: expect.stringMatching(/other bytes than run\.json says/),
    }),
  );
});

test.each(['journal.jsonl', '.resume.jsonl'])(
  'without its %s an unfinished run cannot be gone on with',
  async (file) => {
    const { isVerified, findings } = await foundOf('open', (at) => {
      rmSync(at(file));
    });
    expect(isVerified).toBe(false);
    expect(findings).toContainEqual(expect.objectContaining({ file, severity: 'damage' }));
  },
);

test('what is none of the run is told, and left alone', async () => {
  const { isVerified, findings } = await foundOf('stopped', (at) => {
    writeFileSync(at('notes.txt'), 'mine');
    mkdirSync(at('plots'));
    writeFileSync(at('.run.json'), '{');
  });
  expect(isVerified).toBe(true);
  expect(findings).toEqual([
    {
      file: '.run.json',
      severity: 'note',
      sentence: 'is left of a run.json that was not written to its end, and may be deleted',
    },
    { file: 'notes.txt', severity: 'note', sentence: 'is none of the files of the run' },
    { file: 'plots', severity: 'note', sentence: 'is none of the files of the run' },
  ]);
});

test('a link is not followed, and a folder without a run is none', async () => {
  await expect(
    foundOf('stopped', (at) => {
      rmSync(at('node.csv'));
      symlinkSync('/etc/passwd', at('node.csv'));
    }),
  ).rejects.toThrow(/node\.csv.*Nothing was verified\.$/);
  await expect(
    foundOf('stopped', (at) => {
      rmSync(at('run.json'));
      rmSync(at('journal.jsonl'));
    }),
  ).rejects.toThrow(
    / is no run's folder: it has neither a run\.json that can be read nor a journal\.jsonl\.$/,
  );
});
