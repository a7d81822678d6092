import type { Column } from '../run/manifest.ts';
import { csvText } from '../csv/rows.ts';
import { recordOf } from './cells.ts';
import type { FileRows } from './checkedFile.ts';
import type { Figures } from './figures.ts';
import type { ScannedRow } from './rowScanner.ts';
import { createTickOrder, type TimeScale, type TimestampKind } from './tickOrder.ts';

export interface RowContext extends TimeScale {
  readonly figures: Figures;
  /** The tick of the commit whose rows are read; undefined: not known. */
  readonly committed: () => number | undefined;
  readonly tell: (row: Pick<ScannedRow, 'line' | 'byte'>, sentence: string) => void;
}

/** What every row of a CSV file of a run has to be. */
export function createRowChecks(
  name: string,
  columns: readonly Pick<Column, 'name'>[],
  { figures, committed, tell, ...scale }: RowContext,
): FileRows {
  const names = columns.map((column) => column.name);
  const header = csvText([names]).slice(0, -1);
  const order =
    names[0] === 'timestamp' ? createTickOrder(timestampKinds[name] ?? 'ticks', scale) : undefined;
  let isHeader = true;

  function countIn(row: ScannedRow): string | undefined {
    const count = { 'scrapes.csv': figures.scrape, 'events.csv': figures.event, 'marks.csv': figures.mark }[
      name
    ];
    const record = count && recordOf(names, row);
    return record && (count(record) ?? undefined);
  }

  function faultOf(row: ScannedRow): string | undefined {
    if (row.fault !== undefined) return row.fault;
    if (isHeader) {
      return row.bytes.toString() === header ? undefined : 'is not the header that run.json tells of';
    }
    if (row.cells !== names.length) return `has ${row.cells} cells, and the header ${names.length}`;
    return order?.(row, committed()) ?? countIn(row);
  }

  return {
    header: 1,
    onRow: (row) => {
      const fault = faultOf(row);
      if (fault !== undefined) tell(row, `the row ${fault}`);
      isHeader = false;
    },
  };
}

/** Of any other file with timestamps they are ticks. */
const timestampKinds: Readonly<Record<string, TimestampKind>> = {
  'events.csv': 'events',
  'marks.csv': 'moments',
};
