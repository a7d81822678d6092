import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { committedFiles, journalRecords } from './journal.ts';
import { readRun, type RunTables } from './runFolder.ts';

/**
 * Reads a run that is stopped. What run.json says of each file is what is on the disk and what the journal's
 * last commit says, to the byte, and its counts of ticks and events are those of the rows.
 */
export function soundRun(folder: string): RunTables {
  const tables = readRun(folder);
  const { manifest, rows } = tables;
  expect(manifest.state).toBe('stopped');
  const journal = committedFiles(journalRecords(readFileSync(join(folder, 'journal.jsonl'), 'utf8')));
  for (const { name, bytes, rows: count, sha256 } of manifest.files) {
    const content = readFileSync(join(folder, name));
    const found = {
      bytes: content.length,
      rows: rows(name).length,
      sha256: createHash('sha256').update(content).digest('hex'),
    };
    expect([name, found]).toEqual([name, { bytes, rows: count, sha256 }]);
    expect([name, found]).toEqual([name, journal.get(name)]);
  }
  const { done, dropped, planned } = manifest.ticks;
  expect(recordedTicks(tables)).toHaveLength(done);
  expect(planned).toBe(done + dropped);
  const kinds: Record<string, number> = {};
  for (const { kind = '' } of rows('events.csv')) kinds[kind] = (kinds[kind] ?? 0) + 1;
  expect(manifest.events).toEqual(kinds);
  return tables;
}

/** The ticks that are written: each is there once and in order, and whole. */
export function recordedTicks({ rows }: RunTables): readonly string[] {
  const scrapes = rows('scrapes.csv');
  const ticks = scrapes.flatMap(({ target, timestamp = '' }) => (target === 'recorder' ? [timestamp] : []));
  expect(ticks).toEqual([...new Set(ticks)].toSorted());
  const answered = scrapes.filter(({ target, up }) => target !== 'recorder' && up === '1');
  expect(rows('node.csv').map(({ timestamp }) => timestamp)).toEqual(
    answered.map(({ timestamp }) => timestamp),
  );
  return ticks;
}
