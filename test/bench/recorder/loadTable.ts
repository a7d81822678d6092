import type { Table } from '../report.ts';
import type { LoadResult } from './loadResult.ts';
import { count, megabytes, milliseconds, percent } from './numbers.ts';

/** A row of a table of loads, under a name of its own. */
export interface LoadRow extends LoadResult {
  readonly name: string;
}

export function loadTable(title: string, what: string, rows: readonly LoadRow[]): Table {
  return {
    title,
    columns: [
      what,
      'samples a tick',
      'CPU a tick',
      'of a core',
      'CPU per million samples',
      'first sight',
      'peak memory',
      'asked before T',
      'committed, median',
      'worst',
      'missed',
      'holds',
    ],
    rows: rows.map((row) => [
      row.name,
      count(row.samplesPerTick),
      milliseconds(row.cpuPerTick),
      percent(row.cpuShare, 0),
      row.samples === 0 ? '' : milliseconds(((row.cpuPerTick * row.ticks) / row.samples) * 1e6),
      milliseconds(row.firstSight),
      megabytes(row.highest),
      percent(row.askedInTime, 2),
      milliseconds(row.committed.median),
      milliseconds(row.committed.worst),
      count(row.missed),
      row.problem === undefined ? 'yes' : `no: ${row.problem}`,
    ]),
  };
}
