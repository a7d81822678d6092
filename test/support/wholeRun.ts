import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import { csvFiles } from '../../recorder/csv/columns.ts';
import { verifyFolder } from '../../recorder/verify/verifyFolder.ts';
import { committedFiles, journalRecords } from './journal.ts';
import { readRun, type RunTables } from './runFolder.ts';

/**
 * The folder of a stopped run, whatever befell it: files, journal and run.json tell the same, to the byte and
 * to the tick, and `kubemon verify` finds nothing.
 */
export async function expectSound(folder: string): Promise<RunTables> {
  const tables = readRun(folder);
  expect(tables.manifest.state).toBe('stopped');
  expectCommitted(folder);
  expectSummarized(folder, tables);
  expectCounted(tables);
  expectInOrder(tables);
  expect((await verifyFolder(folder)).findings).toEqual([]);
  return tables;
}

/** The same of one whose files could be synced: every tick is on its multiple, done or lost and told. */
export async function expectWhole(folder: string): Promise<RunTables> {
  const tables = await expectSound(folder);
  expectAccountedFor(tables);
  return tables;
}

/** The ticks that are done, as they are written. */
export function doneTicks(tables: RunTables): readonly string[] {
  return tables
    .rows('scrapes.csv')
    .filter(({ target }) => target === 'recorder')
    .map(({ timestamp = '' }) => timestamp);
}

/** Each record of the journal tells bytes, rows and sum of every file as they were then, and the last as they are. */
function expectCommitted(folder: string): void {
  const text = readFileSync(join(folder, 'journal.jsonl'), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  const records = journalRecords(text);
  const ticks = records.map(({ tick }) => tick ?? 0);
  expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
  for (const name of committedFiles(records).keys()) {
    const content = readFileSync(join(folder, name));
    const hash = createHash('sha256');
    let rows = name.endsWith('.csv') ? -1 : 0;
    let end = 0;
    for (const { files } of records) {
      const told = files[name];
      if (told === undefined) continue;
      const added = content.subarray(end, told.bytes);
      rows += name.endsWith('.csv') ? parse(added).length : added.toString().split('\n').length - 1;
      end += added.length;
      hash.update(added);
      expect([name, { bytes: end, rows, sha256: hash.copy().digest('hex') }]).toEqual([name, told]);
    }
    expect([name, content.length]).toEqual([name, end]);
  }
}

function expectSummarized(folder: string, { manifest }: RunTables): void {
  const committed = committedFiles(journalRecords(readFileSync(join(folder, 'journal.jsonl'), 'utf8')));
  expect(manifest.files.map(({ name }) => name)).toEqual(csvFiles.map(({ name }) => name));
  for (const { name, bytes, rows, sha256 } of manifest.files) {
    expect([name, { bytes, rows, sha256 }]).toEqual([name, committed.get(name)]);
    expect([name, statSync(join(folder, name)).size]).toEqual([name, bytes]);
  }
}

/** Whole ticks, each once and in order, and as many of them and of events as run.json says. */
function expectCounted(tables: RunTables): void {
  const { manifest, rows } = tables;
  const ticks = doneTicks(tables);
  expect(ticks).toEqual([...new Set(ticks)].toSorted());
  const answered = rows('scrapes.csv').filter(({ target, up }) => target !== 'recorder' && up === '1');
  expect(rows('node.csv').map(({ timestamp }) => timestamp)).toEqual(
    answered.map(({ timestamp }) => timestamp),
  );
  expect(manifest.ticks.done).toBe(ticks.length);
  expect(manifest.ticks.planned).toBe(manifest.ticks.done + manifest.ticks.dropped);
  const kinds: Record<string, number> = {};
  for (const { kind = '' } of rows('events.csv')) kinds[kind] = (kinds[kind] ?? 0) + 1;
  expect(manifest.events).toEqual(kinds);
  const marks = rows('marks.csv').map(({ timestamp, label }) => ({ timestamp, label }));
  expect(manifest.marks).toEqual(marks);
}

function expectAccountedFor(tables: RunTables): void {
  const { ticks, interruptions, settings } = tables.manifest;
  const told = doneTicks(tables);
  const done = told.map((tick) => Date.parse(tick));
  const interval = Math.round(settings.intervalSeconds * 1000);
  expect(done.filter((tick) => tick % interval !== 0)).toEqual([]);
  const events = tables.rows('events.csv');
  const dropped = events.filter(({ kind }) => kind === 'tick_dropped').map(({ timestamp = '' }) => timestamp);
  expect(dropped.filter((tick) => told.includes(tick))).toEqual([]);
  const lost = interruptions.reduce((sum, each) => sum + each.ticks, 0);
  expect(ticks.dropped).toBe(new Set(dropped).size + lost);
  for (let tick = done[0] ?? 0; tick < (done.at(-1) ?? 0); tick += interval) {
    const time = new Date(tick).toISOString();
    const isLost = interruptions.some(({ from, to }) => from < time && time < to);
    expect([time, told.includes(time) || dropped.includes(time) || isLost]).toEqual([time, true]);
  }
  const gaps = recorderGaps(tables);
  expect(gaps.map(({ timestamp }) => timestamp)).toEqual(interruptions.map(({ to }) => to));
  for (const [index, { from, to, ticks: count }] of interruptions.entries()) {
    expect(told.filter((tick) => tick > from && tick < to)).toEqual([]);
    expect(gaps[index]?.['detail']).toMatch(
      count === 0 ? /^No tick was lost/ : new RegExp(`^${count} ticks? w`),
    );
    expect(gaps[index]?.['detail']).toContain(`between ${from} and ${to}`);
  }
}

/** What is told of the ticks that could not be written. A busy machine may have held the recorder up, too. */
export function ticksLostToDisk(tables: RunTables): readonly string[] {
  return tables
    .rows('events.csv')
    .flatMap(({ kind, detail = '' }) =>
      kind === 'tick_dropped' && detail.startsWith('Its rows could not be written: ') ? [detail] : [],
    );
}

/** What the files tell of the times that the recorder was away. */
export function recorderGaps(tables: RunTables) {
  return tables.rows('events.csv').filter(({ kind, target }) => kind === 'gap' && target === 'recorder');
}

/** No row twice; rows sorted by tick. */
function expectInOrder(tables: RunTables): void {
  for (const { name, columns } of csvFiles) {
    if (columns[0]?.name !== 'timestamp') continue;
    const rows = tables.rows(name);
    const ticks = rows.map(({ timestamp = '' }) => timestamp);
    expect([name, ticks]).toEqual([name, ticks.toSorted()]);
    if (name === 'events.csv' || name === 'marks.csv') continue;
    const identities = columns.filter(({ kind }) => kind === 'label').map((column) => column.name);
    const keys = rows.map((row) => JSON.stringify(['timestamp', ...identities].map((column) => row[column])));
    expect([name, keys.length]).toEqual([name, new Set(keys).size]);
  }
}
