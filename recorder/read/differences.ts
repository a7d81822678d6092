import type { CsvCells } from '../csv/readRows.ts';
import type { Column, ManifestFile } from '../run/manifest.ts';
import { subtract } from './decimal.ts';
import type { Restarts } from './restarts.ts';
import { type Thing, thingsOf } from './thing.ts';

/** From an earlier row of a thing to its row now. */
export interface Span {
  /** The tick of the earlier row. */
  readonly since: string;
  /**
   * By the clock of the exporter; where that was stepped in between (it is off the ticks by more than half of
   * them) or none is told, by the ticks. Exact, as text.
   */
  readonly seconds: string;
}

export interface Delta {
  /** Exact, as text. */
  readonly amount: string;
  /** Longer than that of the row where the cell was empty in between. */
  readonly span: Span;
}

/** How a thing's row differs from its row before. */
export interface Difference {
  readonly thing: Thing;
  /** Undefined: there is no row before, the thing began anew since, or all cells asked for are empty. */
  readonly span: Span | undefined;
  /**
   * In the order of the columns asked for, each since it was last told. Undefined where it is not told now or
   * never was, and where a counter fell and events.csv does not say that this one went back.
   */
  readonly deltas: readonly (Delta | undefined)[];
}

/** Compares each row with the row before of the same thing, which may be some ticks before. */
export interface Differences {
  next(cells: CsvCells): Difference;
}

/** What is kept of a thing: its last row in which a cell was told. */
interface Last {
  readonly cells: CsvCells;
  /** Another row of the thing has the same tick. */
  readonly isTwice: boolean;
  /** Of cells that are empty there, by place: the row that told them last. */
  readonly earlier: ReadonlyMap<number, CsvCells>;
}

/**
 * Memory: a row a thing; of a container or process until events.csv says that it died.
 * @param columns counters and gauges of the file. @param restarts read as far as the row's tick.
 */
export function createDifferences(
  file: Pick<ManifestFile, 'name' | 'columns'>,
  columns: readonly Pick<Column, 'name' | 'kind'>[],
  restarts: Restarts,
): Differences {
  const index = (name: string) => file.columns.findIndex((column) => column.name === name);
  const thingOf = thingsOf(file);
  const [tick, collected] = [index('timestamp'), index('collected_at')];
  const compared = columns.map(({ name, kind }) => ({
    at: index(name),
    name,
    isCounter: kind === 'counter',
  }));
  const none = columns.map(() => undefined);
  /** By life and id. */
  const lives = new Map<string, Map<string, Last>>();
  restarts.onDeath((life) => lives.delete(life));

  function spanOf(before: CsvCells, cells: CsvCells): Span {
    const since = before[tick] ?? '';
    const ticks = (Date.parse(cells[tick] ?? '') - Date.parse(since)) / 1000;
    const exact = subtract(cells[collected] ?? '', before[collected] ?? '');
    const isStepped = exact === undefined || Math.abs(Number(exact) - ticks) > ticks / 2;
    return { since, seconds: isStepped ? String(ticks) : exact };
  }

  function fellUntold(thing: Thing, column: string, amount: string, since: string): boolean {
    return amount.startsWith('-') && !restarts.hasGoneBackSince(thing, file.name, column, since);
  }

  function compare(thing: Thing, before: Last, cells: CsvCells): Difference {
    const span = spanOf(before.cells, cells);
    const deltas = compared.map(({ at, name, isCounter }): Delta | undefined => {
      const past = before.earlier.get(at);
      const amount = subtract(cells[at] ?? '', (past ?? before.cells)[at] ?? '');
      if (amount === undefined) return undefined;
      const own = past === undefined ? span : spanOf(past, cells);
      return isCounter && fellUntold(thing, name, amount, own.since) ? undefined : { amount, span: own };
    });
    return { thing, span, deltas };
  }

  /** Of the cells that are empty now. */
  function earlierRows(before: Last | undefined, cells: CsvCells): ReadonlyMap<number, CsvCells> {
    if (before === undefined || compared.every(({ at }) => isTold(cells, at))) return nothing;
    const rows = new Map<number, CsvCells>();
    for (const { at } of compared) {
      if (isTold(cells, at)) continue;
      const row = before.earlier.get(at) ?? before.cells;
      if (isTold(row, at)) rows.set(at, row);
    }
    return rows;
  }

  return {
    next(cells) {
      const thing = thingOf(cells);
      const nothingFollows = { thing, span: undefined, deltas: none };
      if (!compared.some(({ at }) => isTold(cells, at))) return nothingFollows;
      const rows = lives.get(thing.life) ?? new Map<string, Last>();
      lives.set(thing.life, rows);
      const before = rows.get(thing.id);
      const since = before?.cells[tick] ?? '';
      const isTwice = since === cells[tick];
      // Of two rows of one tick, which two exporters of one node make, nobody can tell what follows which.
      const isComparable = !isTwice && before?.isTwice !== true && !restarts.hasRestartedSince(thing, since);
      const comparable = isComparable ? before : undefined;
      rows.set(thing.id, { cells, isTwice, earlier: earlierRows(comparable, cells) });
      return comparable === undefined ? nothingFollows : compare(thing, comparable, cells);
    },
  };
}

const nothing: ReadonlyMap<number, CsvCells> = new Map();

function isTold(cells: CsvCells, at: number): boolean {
  return (cells[at] ?? '') !== '';
}
