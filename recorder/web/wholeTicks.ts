import type { CsvRow } from './csvRows.ts';

/** The rows of a table on one tick. */
export interface TableTick {
  readonly timestamp: string;
  readonly rows: readonly (readonly string[])[];
}

/** What of the text was whole. */
export interface WholeTicks {
  readonly ticks: readonly TableTick[];
  /** Where the text goes on behind the last of them; 0: there is none. */
  readonly end: number;
}

export interface Cut {
  /** The text begins with a tick; else its first tick may have begun before. */
  readonly isFirstWhole: boolean;
  /** The last tick that is written whole; undefined: the one before the last that is begun. */
  readonly until: string | undefined;
}

/** Puts rows together by their tick. A header is none. */
export function wholeTicks(rows: readonly CsvRow[], { isFirstWhole, until }: Cut): WholeTicks {
  const ticks: { timestamp: string; rows: (readonly string[])[]; end: number }[] = [];
  for (const { cells, end } of rows) {
    const [timestamp = ''] = cells;
    if (timestamp === 'timestamp') continue;
    const last = ticks.at(-1);
    if (last?.timestamp === timestamp) {
      last.rows.push(cells);
      last.end = end;
    } else {
      ticks.push({ timestamp, rows: [cells], end });
    }
  }
  const whole = until === undefined ? ticks.slice(0, -1) : ticks.filter((tick) => tick.timestamp <= until);
  return { ticks: isFirstWhole ? whole : whole.slice(1), end: whole.at(-1)?.end ?? 0 };
}
