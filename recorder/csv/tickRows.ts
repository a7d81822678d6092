import { join } from 'node:path';
import { tables } from '../../exporter/metrics/index.ts';
import type { Table } from '../../exporter/metrics/spec.ts';
import { journalName, readJournal } from './journal.ts';
import { type CsvCells, readRows } from './readRows.ts';

/** The rows of one tick, by table. */
export type TickRows = ReadonlyMap<Table, readonly CsvCells[]>;

/** The rows that were committed with these ticks. The journal tells where they lie: nothing else is read. */
export async function readTickRows(
  path: string,
  ticks: ReadonlySet<number>,
): Promise<ReadonlyMap<number, TickRows>> {
  const found = new Map<number, TickRows>();
  const ends = new Map<string, number>();
  for await (const { record } of readJournal(join(path, journalName))) {
    const { tick, files } = record;
    // The last commit of a run may name its last tick again.
    if (tick !== null && ticks.has(tick) && !found.has(tick)) {
      const rows = new Map<Table, readonly CsvCells[]>();
      for (const table of tables) {
        const name = `${table.name}.csv`;
        const grown = files[name];
        if (grown === undefined) continue;
        rows.set(table, await cells(join(path, name), ends.get(name) ?? 0, grown.bytes));
      }
      found.set(tick, rows);
    }
    for (const [name, { bytes }] of Object.entries(files)) ends.set(name, bytes);
  }
  return found;
}

async function cells(path: string, start: number, end: number): Promise<readonly CsvCells[]> {
  const rows: CsvCells[] = [];
  for await (const row of readRows(path, { start, end })) rows.push(row);
  return rows;
}
