import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../../exporter/serve/log.ts';
import { type OutputFolder, openOutputFolder } from '../../../recorder/control/outputFolder.ts';
import { createRunFolder } from '../../../recorder/csv/folder.ts';

let outputDir: string;
let opened: OutputFolder[];

beforeEach(async () => {
  outputDir = await mkdtemp(join(tmpdir(), 'kubemon-unfinished-'));
  opened = [];
});

afterEach(async () => {
  for (const each of opened) await each.close();
  await rm(outputDir, { recursive: true });
});

async function open(resume = true): Promise<OutputFolder> {
  const folder = await openOutputFolder(outputDir, { resume, log: createLog('test', 'silent') });
  opened.push(folder);
  return folder;
}

async function makeRun(
  run: string,
  start: string,
  change: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const manifest = {
    schemaVersion: 1,
    run,
    state: 'recording',
    start,
    labels: {},
    recorder: { host: 'here', version: '0.1.0' },
    settings: { intervalSeconds: 1, timeoutSeconds: 0.8, leadSeconds: 0.5, bodySizeLimit: 1000 },
    expected: { count: 1, reason: 'TARGETS names 1' },
    daemons: [{ name: 'one', node: 'one', address: '127.0.0.1:9822', role: 'daemon' }],
    ticks: { planned: 0, done: 0, dropped: 0 },
    marks: [],
    files: [],
    verdict: { verdict: 'valid', reasons: [] },
    ...change,
  };
  await (await createRunFolder(outputDir, run, { manifest, interval: 1 })).close();
}

async function state(folder: string): Promise<unknown> {
  const manifest: unknown = JSON.parse(await readFile(join(outputDir, folder, 'run.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'state' in manifest
    ? manifest.state
    : undefined;
}

test('of several unfinished runs the one that was started last is gone on with', async () => {
  await makeRun('early', '2026-01-02T03:04:05.678Z');
  await makeRun('late', '2026-01-02T03:04:06.678Z');
  await makeRun('done', '2026-01-02T03:04:07.678Z', { state: 'stopped' });
  expect((await open()).unfinished?.run).toBe('late');
  expect([await state('early'), await state('late'), await state('done')]).toEqual([
    'interrupted',
    'recording',
    'stopped',
  ]);
});

test('a run that was stopped is finished, also beside another that goes on', async () => {
  await makeRun('early', '2026-01-02T03:04:05.678Z', { stop: '2026-01-02T03:04:05.978Z' });
  await makeRun('untold', '2026-01-02T03:04:06.678Z');
  await rename(
    join(outputDir, 'untold', '.resume.jsonl'),
    join(outputDir, 'untold', `.resume.stopped.${Date.parse('2026-01-02T03:04:06.978Z')}.jsonl`),
  );
  await makeRun('late', '2026-01-02T03:04:07.678Z');
  expect((await open()).unfinished?.run).toBe('late');
  expect([await state('early'), await state('untold'), await state('late')]).toEqual([
    'stopped',
    'stopped',
    'recording',
  ]);
});

test('a copy of an unfinished run does not keep anybody from going on with the run', async () => {
  await makeRun('run', '2026-01-02T03:04:05.678Z');
  for (const copy of ['a-copy', 'z-copy']) {
    await cp(join(outputDir, 'run'), join(outputDir, copy), { recursive: true });
  }
  expect((await open()).unfinished?.run).toBe('run');
  expect([await state('a-copy'), await state('run'), await state('z-copy')]).toEqual([
    'interrupted',
    'recording',
    'interrupted',
  ]);
});

test('nobody goes on with a run that cannot be, and it is marked so', async () => {
  await makeRun('renamed', '2026-01-02T03:04:05.678Z');
  await rename(join(outputDir, 'renamed'), join(outputDir, 'other'));
  expect((await open()).unfinished).toBeUndefined();
  expect(await state('other')).toBe('interrupted');
  for (const [index, change] of [{ settings: {} }, { start: 'yesterday' }].entries()) {
    await opened.pop()?.close();
    await makeRun(`test${index}`, '2026-01-02T03:04:05.678Z', change);
    expect((await open()).unfinished).toBeUndefined();
    expect(await state(`test${index}`)).toBe('interrupted');
  }
  await opened.pop()?.close();
  await makeRun('no-journal', '2026-01-02T03:04:05.678Z');
  await rm(join(outputDir, 'no-journal', 'journal.jsonl'));
  expect((await open()).unfinished).toBeUndefined();
  expect(await state('no-journal')).toBe('interrupted');
});

test('a recorder that is there for another run leaves an unfinished one to the next', async () => {
  await makeRun('waiting', '2026-01-02T03:04:05.678Z');
  expect((await open(false)).unfinished).toBeUndefined();
  expect(await state('waiting')).toBe('recording');
});

test('only folders that were being made or deleted are swept', async () => {
  const kept = [
    '.git',
    '.run.json',
    'run',
    '.run.6f9619ff-8b86-4d01-b42d',
    'run.6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  ];
  for (const name of [...kept, '.run.6f9619ff-8b86-4d01-b42d-00cf4fc964ff'])
    await mkdir(join(outputDir, name));
  await writeFile(join(outputDir, '.file.6f9619ff-8b86-4d01-b42d-00cf4fc964ff'), '');
  await open();
  expect((await readdir(outputDir)).toSorted()).toEqual(
    [...kept, '.file.6f9619ff-8b86-4d01-b42d-00cf4fc964ff'].toSorted(),
  );
});

test('a folder is one recorder’s at a time, by whatever path it is called', async () => {
  const first = await open();
  await expect(
    openOutputFolder(`${outputDir}/../${outputDir.split('/').at(-1)}`, {
      resume: true,
      log: createLog('test', 'silent'),
    }),
  ).rejects.toThrow(
    /^Another recorder writes into .*: end it, or choose another folder with --output-dir\.$/,
  );
  await first.close();
  opened = [];
  await expect(open()).resolves.toBeDefined();
});
