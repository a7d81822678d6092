import { parse } from 'csv-parse/sync';
import { plainCell } from '../csv/readRows.ts';
import type { ScannedRow } from './rowScanner.ts';

/** A row's cells by column, as they were before they were escaped; undefined: they cannot be told apart. */
export function recordOf(
  columns: readonly string[],
  { bytes, isQuoted, cells, fault }: ScannedRow,
): Readonly<Record<string, string>> | undefined {
  if (fault !== undefined || cells !== columns.length) return undefined;
  const text = bytes.toString();
  const values = isQuoted ? parse(text)[0] : text.split(',');
  return Object.fromEntries(columns.map((column, index) => [column, plainCell(values?.[index] ?? '')]));
}

/** The first cell of a row, if it is not quoted. */
export function firstCell({ bytes }: ScannedRow): string {
  const length = bytes.indexOf(',');
  return bytes.toString('utf8', 0, length === -1 ? bytes.length : length);
}
