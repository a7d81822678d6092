import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import { csvFiles } from '../../recorder/csv/columns.ts';
import { committedFiles, journalRecords } from './journal.ts';
import { readRun, type RunTables } from './runFolder.ts';

/**
 * The folder of a stopped run, whatever befell its recorder: journal, files and run.json tell the same, and
 * every tick is there once, in order, on its multiple, done or lost and told.
 */
export function expectWhole(folder: string): RunTables {
  const tables = readRun(folder);
  expect(tables.manifest.state).toBe('stopped');
  expectCommitted(folder);
  expectSummarized(folder, tables);
  expectAccountedFor(tables);
  expectInOrder(tables);
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

function expectAccountedFor(tables: RunTables): void {
  const { ticks, interruptions, settings } = tables.manifest;
  const told = doneTicks(tables);
  const done = told.map((tick) => Date.parse(tick));
  expect(done).toEqual([...new Set(done)].toSorted((a, b) => a - b));
  const interval = Math.round(settings.intervalSeconds * 1000);
  expect(done.filter((tick) => tick % interval !== 0)).toEqual([]);
  expect(ticks.done).toBe(done.length);
  const events = tables.rows('events.csv');
  const dropped = events.filter(({ kind }) => kind === 'tick_dropped').map(({ timestamp = '' }) => timestamp);
  expect(dropped.filter((tick) => told.includes(tick))).toEqual([]);
  const lost = interruptions.reduce((sum, each) => sum + each.ticks, 0);
  expect(ticks.dropped).toBe(new Set(dropped).size + lost);
  expect(ticks.planned).toBe(ticks.done + ticks.dropped);
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
