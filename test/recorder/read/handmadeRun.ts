import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { onTestFinished } from 'vitest';
import { csvFiles } from '../../../recorder/csv/columns.ts';
import { csvText } from '../../../recorder/csv/rows.ts';

/** Cells by column; those that are not named are empty. */
export type HandmadeRow = Readonly<Record<string, string | number>>;

/** Seconds behind 2026-01-01T00:00:00Z as a tick. */
export function tick(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
}

export interface Handmade {
  readonly files: Readonly<Record<string, readonly HandmadeRow[]>>;
  readonly state?: 'recording' | 'stopped';
  /** What lies behind the last commit, by file: only of a run that is on. */
  readonly torn?: Readonly<Record<string, string>>;
}

/** A folder as a recorder writes it, of these rows; it is gone after the test. */
export function handmadeRun({ files, state = 'stopped', torn = {} }: Handmade): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-handmade-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const described = csvFiles.map(({ name, help, columns }) => {
    const rows = files[name] ?? [];
    const lines = rows.map((row) => {
      const cells = columns.map(({ name: column, dtype }) => {
        const cell = String(row[column] ?? '');
        // Numbers are written as they were scraped.
        return dtype === 'string' ? csvText([[cell]]).slice(0, -1) : cell;
      });
      return `${cells.join(',')}\n`;
    });
    const text = csvText([columns.map((column) => column.name)]) + lines.join('');
    writeFileSync(join(folder, name), text + (torn[name] ?? ''));
    return { name, help, bytes: Buffer.byteLength(text), rows: rows.length, columns };
  });
  const sums = Object.fromEntries(
    described.map(({ name, bytes, rows }) => [name, { bytes, rows, sha256: '0'.repeat(64) }]),
  );
  writeFileSync(join(folder, 'journal.jsonl'), `${JSON.stringify({ tick: null, files: sums })}\n`);
  const manifest = {
    schemaVersion: 1,
    run: 'handmade',
    state,
    start: tick(0),
    labels: {},
    settings: { intervalSeconds: 1 },
    expected: { count: 1, reason: 'it says so' },
    daemons: [{ name: 'n', node: 'n', address: '10.0.0.7:9822', role: 'daemon' }],
    ticks: { planned: 0, done: 0, dropped: 0 },
    interruptions: [],
    coverage: [],
    alignment: { answers: 0 },
    clocks: [],
    events: {},
    // Of a run that is on run.json is older than the files.
    files: described.map((file) => (state === 'stopped' ? file : { ...file, bytes: 0, rows: 0 })),
    marks: [],
    verdict: { verdict: 'inconclusive', reasons: [] },
  };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(manifest));
  return folder;
}

/** The rows of a CSV file by column. */
export function recordsOf(text: string): readonly Readonly<Record<string, string>>[] {
  return parse<Record<string, string>>(text, { columns: true });
}
