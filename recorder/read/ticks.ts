import type { CsvCells } from '../csv/readRows.ts';
import type { RunData } from './runData.ts';

/** The rows of some files on one tick. */
export interface Tick {
  readonly timestamp: string;
  /** Without rows: none. */
  rows(name: string): readonly CsvCells[];
}

/** Reads files side by side, tick by tick: all of them are sorted by their first column, the tick. */
export async function* readTicks(run: RunData, names: readonly string[]): AsyncGenerator<Tick> {
  const readers = names.map((name) => ({ name, ticks: ticksOf(run, name) }));
  const heads = new Map<string, readonly CsvCells[] | undefined>();
  try {
    for (const { name, ticks } of readers) heads.set(name, await nextOf(ticks));
    for (;;) {
      const times = [...heads.values()].flatMap((rows) => rows?.[0]?.[0] ?? []);
      const timestamp = times.reduce((least, time) => (time < least ? time : least), times[0] ?? '');
      if (times.length === 0) return;
      const found = new Map<string, readonly CsvCells[]>();
      for (const { name, ticks } of readers) {
        const rows = heads.get(name);
        if (rows?.[0]?.[0] !== timestamp) continue;
        found.set(name, rows);
        heads.set(name, await nextOf(ticks));
      }
      yield { timestamp, rows: (name) => found.get(name) ?? [] };
    }
  } finally {
    for (const { ticks } of readers) await ticks.return(undefined);
  }
}

async function nextOf(ticks: AsyncGenerator<readonly CsvCells[], undefined>) {
  return (await ticks.next()).value;
}

/** The rows of each tick. */
async function* ticksOf(run: RunData, name: string): AsyncGenerator<readonly CsvCells[], undefined> {
  let rows: CsvCells[] = [];
  for await (const some of run.rows(name)) {
    for (const cells of some) {
      if (rows.length > 0 && rows[0]?.[0] !== cells[0]) {
        yield rows;
        rows = [];
      }
      rows.push(cells);
    }
  }
  if (rows.length > 0) yield rows;
}
