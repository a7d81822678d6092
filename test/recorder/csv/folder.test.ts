import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CsvFileName, csvFiles } from '../../../recorder/csv/columns.ts';
import { createRunFolder, type RunFolder, RunExistsError } from '../../../recorder/csv/folder.ts';
import { committedFiles, journalRecords } from '../../support/journal.ts';
import { header } from '../../../recorder/csv/rows.ts';
import { describeWith } from '../../support/needs.ts';
import { prlimit, withFileLimit } from './fileLimit.ts';
import { fileNamed } from './fileNamed.ts';

let outputDir: string;
let folders: RunFolder[];

beforeEach(async () => {
  outputDir = await mkdtemp(join(tmpdir(), 'run-folder-'));
  folders = [];
});

afterEach(async () => {
  await Promise.allSettled(folders.map((folder) => folder.close()));
  await rm(outputDir, { recursive: true });
});

async function start(run: string, interval = 1): Promise<RunFolder> {
  const folder = await createRunFolder(outputDir, run, { manifest: { state: 'recording' }, interval });
  folders.push(folder);
  return folder;
}

function text(folder: RunFolder, file: string): Promise<string> {
  return readFile(join(folder.path, file), 'utf8');
}

/** What the journal says is what is in the files, to the byte. */
async function expectCommitted(folder: RunFolder): Promise<void> {
  const files = committedFiles(journalRecords(await text(folder, 'journal.jsonl')));
  expect([...files.keys()].toSorted()).toEqual(csvFiles.map(({ name }) => name).toSorted());
  for (const [name, state] of files) {
    const content = await readFile(join(folder.path, name));
    expect({ name, bytes: content.length, sha256: sha256(content) }).toEqual({
      name,
      bytes: state.bytes,
      sha256: state.sha256,
    });
  }
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function mark(label: string, rows = 1): { file: CsvFileName; text: string; rows: number } {
  return { file: 'marks.csv', text: `2026-01-02T02:54:05.000Z,${label}\n`.repeat(rows), rows };
}

describe('a new run', () => {
  test('has every file with its header, a journal and run.json, and nothing else is left', async () => {
    const folder = await start('test000');
    expect(folder.path).toBe(join(outputDir, 'test000'));
    expect(await readdir(outputDir)).toEqual(['test000']);
    expect((await readdir(folder.path)).toSorted()).toEqual(
      [...csvFiles.map(({ name }) => name), '.resume.jsonl', 'journal.jsonl', 'run.json'].toSorted(),
    );
    for (const file of csvFiles) expect(await text(folder, file.name)).toBe(header(file));
    expect(JSON.parse(await text(folder, 'run.json'))).toEqual({
      state: 'recording',
      sha256: sha256('{"state":"recording"}'),
    });
    await expectCommitted(folder);
  });

  test('is made in a folder that is not there yet', async () => {
    outputDir = join(outputDir, 'a', 'b');
    expect((await start('test000')).path).toBe(join(outputDir, 'test000'));
    outputDir = join(outputDir, '..', '..');
  });

  test.each([
    ['a run', () => start('test000')],
    ['an empty folder', () => mkdir(join(outputDir, 'test000'))],
    ['a link', () => symlink(tmpdir(), join(outputDir, 'test000'))],
  ])('is not written into %s', async (_, make) => {
    await make();
    await expect(start('test000')).rejects.toThrow(
      new RunExistsError(`${join(outputDir, 'test000')} is there already. Choose another name for the run.`),
    );
    expect(await readdir(outputDir)).toEqual(['test000']);
  });

  test('is made beside a run.json, which is of no run; one of shards is not made within a whole run', async () => {
    await writeFile(join(outputDir, 'run.json'), '{}');
    expect((await start('test000')).path).toBe(join(outputDir, 'test000'));
    await expect(start('test000/shard=1')).rejects.toThrow(
      new RunExistsError(
        `${join(outputDir, 'test000', 'run.json')} is there already. Choose another name for the run.`,
      ),
    );
  });

  test('of two that start together one is made', async () => {
    const results = await Promise.allSettled([start('test000'), start('test000')]);
    const failed = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(failed).toHaveLength(1);
    expect(failed[0]).toBeInstanceOf(RunExistsError);
    expect(await readdir(outputDir)).toEqual(['test000']);
  });
});

describe('a commit', () => {
  test('writes what was appended, with one record of it', async () => {
    const folder = await start('test000');
    folder.append(mark('a'));
    folder.append(mark('b'));
    await folder.commit(1767322445);
    await folder.commit(1767322446);
    folder.append(mark('c'));
    await folder.commit(1767322447.5);
    const lines = ['a', 'b', 'c'].map((label) => `2026-01-02T02:54:05.000Z,${label}\n`);
    expect(await text(folder, 'marks.csv')).toBe(`timestamp,label\n${lines.join('')}`);
    const records = journalRecords(await text(folder, 'journal.jsonl')).slice(1);
    expect(records.map(({ tick, files }) => [tick, Object.keys(files), files['marks.csv']?.rows])).toEqual([
      [1767322445, ['marks.csv'], 2],
      [1767322446, [], undefined],
      [1767322447.5, ['marks.csv'], 3],
    ]);
    await expectCommitted(folder);
  });

  test('takes what was appended before the call, also while another is being written', async () => {
    const folder = await start('test000', 0.1);
    const commits = [1, 2, 3].map((tick) => {
      folder.append(mark(`tick-${tick}`));
      return folder.commit(tick);
    });
    await Promise.all(commits);
    const records = journalRecords(await text(folder, 'journal.jsonl')).slice(1);
    expect(records.map(({ tick, files }) => [tick, files['marks.csv']?.rows])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    await expectCommitted(folder);
  });
});

describeWith([prlimit], 'on a disk that is full', () => {
  test('a commit leaves the files as they were, and one that finds room succeeds', async () => {
    const folder = await start('test000');
    folder.append(mark('before'));
    await folder.commit(1);
    const before = folder.files();

    await withFileLimit(100_000, async () => {
      folder.append({ file: 'node.csv', text: 'x\n', rows: 1 });
      folder.append(mark('lost', 10_000));
      await expect(folder.commit(2)).rejects.toMatchObject({
        name: 'CommitError',
        code: 'EFBIG',
        message: `The rows of 1970-01-01T00:00:02.000Z could not be written to ${folder.path}: EFBIG: file too large, write.`,
      });
      expect(folder.files()).toEqual(before);
      await expectCommitted(folder);
    });

    folder.append(mark('after'));
    await folder.commit(3);
    expect(await text(folder, 'marks.csv')).toMatch(/^timestamp,label\n.*,before\n.*,after\n$/);
    expect(await text(folder, 'node.csv')).toBe(header(fileNamed('node.csv')));
    await expectCommitted(folder);
  });

  test('of a tick that is written in pieces nothing stays where the last ones find no room', async () => {
    const folder = await start('test000');
    folder.append(mark('before'));
    await folder.commit(1);
    const before = folder.files();
    await withFileLimit(3 << 20, async () => {
      for (let part = 0; part < 8; part++) folder.append(mark('ä'.repeat(100), 5000));
      await expect(folder.commit(2)).rejects.toMatchObject({ name: 'CommitError', code: 'EFBIG' });
      expect(folder.files()).toEqual(before);
      await expectCommitted(folder);
    });
    for (let part = 0; part < 8; part++) folder.append(mark('ä'.repeat(100), 5000));
    await folder.commit(3);
    const rows = (await text(folder, 'marks.csv')).split('\n').slice(2, -1);
    expect(rows).toHaveLength(40_000);
    expect(new Set(rows)).toEqual(new Set([`2026-01-02T02:54:05.000Z,${'ä'.repeat(100)}`]));
    await expectCommitted(folder);
  });

  test('the end of a run says so, and the files are closed as they were', async () => {
    const folder = await start('test000');
    await folder.commit(1);
    const before = folder.files();
    await withFileLimit(100_000, async () => {
      folder.append(mark('lost', 10_000));
      await expect(folder.close()).rejects.toMatchObject({ name: 'CommitError', code: 'EFBIG' });
    });
    expect(folder.files()).toEqual(before);
    await expectCommitted(folder);
    await expect(folder.commit(2)).rejects.toMatchObject({ name: 'CommitError', code: 'EBADF' });
  });
});

describe('the end of a run', () => {
  test('commits what is left and says what is in the files', async () => {
    const folder = await start('test000');
    folder.append(mark('a', 3));
    await folder.close();
    const summary = folder.files();
    expect(summary.map(({ name }) => name)).toEqual(csvFiles.map(({ name }) => name));
    const content = await readFile(join(folder.path, 'marks.csv'));
    expect(summary.find(({ name }) => name === 'marks.csv')).toEqual({
      name: 'marks.csv',
      rows: 3,
      bytes: content.length,
      sha256: sha256(content),
    });
    await expectCommitted(folder);
  });

  test('run.json can still be replaced', async () => {
    const folder = await start('test000');
    await folder.close();
    await folder.writeManifest({ state: 'stopped', äöü: 1 });
    expect(await text(folder, 'run.json')).toBe(
      `{\n  "state": "stopped",\n  "äöü": 1,\n  "sha256": "${sha256('{"state":"stopped","äöü":1}')}"\n}\n`,
    );
    expect((await readdir(folder.path)).filter((name) => name.startsWith('.'))).toEqual(['.resume.jsonl']);
  });
});
