import type { Table } from '../metrics/spec.ts';
import type { InfoRows, TableRows } from '../snapshot.ts';

/** What one collector gives. */
export interface Collected {
  readonly tables: readonly TableRows[];
  readonly infos: readonly InfoRows[];
}

/** The kernel files that a table reads on this cgroup version, each once. */
export function filesOf<File extends string>(table: Table<File>, version: 'v1' | 'v2'): readonly File[] {
  return [...new Set(table.metrics.flatMap(({ source }) => source[version]?.[0] ?? []))];
}

/** The fields that a table reads of one kernel file. */
export function fieldsOf(table: Table, file: string, version: 'v1' | 'v2'): readonly string[] {
  return table.metrics.flatMap(({ source }) => {
    const from = source[version];
    return from?.[0] === file ? [from[1]] : [];
  });
}
