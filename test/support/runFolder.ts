import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { csvFiles } from '../../recorder/csv/columns.ts';
import type { Manifest } from '../../recorder/run/manifest.ts';

/** A row by column; an empty cell is ''. */
export type CsvRow = Readonly<Record<string, string>>;

/** A run as a reader of CSV sees it. */
export interface RunTables {
  readonly manifest: Manifest;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  rows(file: string): readonly CsvRow[];
}

/** Reads every file of a run. Throws where a row has more or fewer cells than the header. */
export function readRun(folder: string): RunTables {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the recorder under test
  const manifest = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Manifest;
  const headers = new Map<string, readonly string[]>();
  const tables = new Map<string, readonly CsvRow[]>();
  for (const { name } of csvFiles) {
    const text = readFileSync(join(folder, name), 'utf8');
    if (!text.endsWith('\n')) throw new Error(`${name} ends in the middle of a row.`);
    const [header = [], ...rows] = parse(text, { relax_column_count: false });
    headers.set(name, header);
    tables.set(
      name,
      rows.map((cells) => Object.fromEntries(header.map((column, index) => [column, cells[index] ?? '']))),
    );
  }
  return { manifest, headers, rows: (file) => tables.get(file) ?? [] };
}
