import { columnName } from '../../exporter/metrics/index.ts';
import type { Table, TableName } from '../../exporter/metrics/spec.ts';
import type { Answer, Row } from '../scrape/answer.ts';

/** The scraped text in a row's column; undefined where absent. */
export function cell(row: Row, column: string): string | undefined {
  const index = columnNames(row.table).indexOf(column);
  return index === -1 ? undefined : valueAt(row.text, index);
}

/** Without the other values, of which there are dozens. */
function valueAt(text: string, index: number): string | undefined {
  let start = 0;
  for (let left = index; left > 0; left--) {
    start = text.indexOf(',', start) + 1;
    if (start === 0) return undefined;
  }
  const end = text.indexOf(',', start);
  const value = text.slice(start, end === -1 ? text.length : end);
  return value === '' ? undefined : value;
}

/** As scraped, in the order of table.metrics; undefined where absent. */
export function valuesOf({ text }: Row): readonly (string | undefined)[] {
  return text.split(',').map((value) => (value === '' ? undefined : value));
}

/** As `cell`, as a number. */
export function numberCell(row: Row, column: string): number | undefined {
  const text = cell(row, column);
  return text === undefined ? undefined : Number(text);
}

/** The value of a label; empty where the table has no such label. */
export function label(row: Row, name: string): string {
  return row.labels[row.table.labels.indexOf(name)] ?? '';
}

export function rowsOf(answer: Answer, table: TableName): readonly Row[] {
  return answer.rows.filter((row) => row.table.name === table);
}

/** The columns of a table's values, in the order of their metrics. */
export function columnNames(table: Table): readonly string[] {
  const known = names.get(table);
  if (known !== undefined) return known;
  const found = table.metrics.map(columnName);
  names.set(table, found);
  return found;
}

const names = new WeakMap<Table, readonly string[]>();
