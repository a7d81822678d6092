import type { CsvCells } from '../csv/readRows.ts';
import type { Column, ManifestFile } from '../run/manifest.ts';
import { subtract } from './decimal.ts';
import type { Restarts } from './restarts.ts';
import { type Thing, thingsOf } from './thing.ts';

/** How a thing's row differs from its row before. Numbers are exact, as text. */
export interface Difference {
  readonly thing: Thing;
  /** The tick of the row before; undefined: there is none, or the thing began anew since. */
  readonly since: string | undefined;
  /** Between the two, by the clock of the exporter; undefined like `since`. */
  readonly seconds: string | undefined;
  /**
   * In the order of the columns asked for. Undefined where one of the two cells is empty, and where a counter
   * fell and events.csv does not say that it went back.
   */
  readonly deltas: readonly (string | undefined)[];
}

/** Compares each row with the row before of the same thing, which may be some ticks before. */
export interface Differences {
  next(cells: CsvCells): Difference;
}

/**
 * Memory: one row a thing, those that ended included.
 * @param columns counters and gauges of the file. @param restarts read as far as the row's tick.
 */
export function createDifferences(
  file: Pick<ManifestFile, 'columns'>,
  columns: readonly Pick<Column, 'name' | 'kind'>[],
  restarts: Restarts,
): Differences {
  const index = (name: string) => file.columns.findIndex((column) => column.name === name);
  const thingOf = thingsOf(file);
  const [tick, collected] = [index('timestamp'), index('collected_at')];
  const compared = columns.map(({ name, kind }) => ({ at: index(name), isCounter: kind === 'counter' }));
  const none = columns.map(() => undefined);
  const last = new Map<string, { readonly cells: CsvCells; readonly isTwice: boolean }>();

  function delta(thing: Thing, before: CsvCells, cells: CsvCells, { at, isCounter }: Compared) {
    const difference = subtract(cells[at] ?? '', before[at] ?? '');
    const fell = isCounter && difference?.startsWith('-') === true;
    return fell && !restarts.hasGoneBackSince(thing, before[tick] ?? '') ? undefined : difference;
  }

  /** Where no exporter told its clock, from tick to tick. */
  function elapsed(before: CsvCells, cells: CsvCells): string {
    const exact = subtract(cells[collected] ?? '', before[collected] ?? '');
    return exact ?? String((Date.parse(cells[tick] ?? '') - Date.parse(before[tick] ?? '')) / 1000);
  }

  return {
    next(cells) {
      const thing = thingOf(cells);
      const before = last.get(thing.id);
      const since = before?.cells[tick] ?? '';
      const isTwice = since === cells[tick];
      last.set(thing.id, { cells, isTwice });
      // Of two rows of one tick, which two exporters of one node make, nobody can tell what follows which.
      const isComparable = before !== undefined && !isTwice && !before.isTwice;
      if (!isComparable || restarts.hasRestartedSince(thing, since)) {
        return { thing, since: undefined, seconds: undefined, deltas: none };
      }
      return {
        thing,
        since,
        seconds: elapsed(before.cells, cells),
        deltas: compared.map((column) => delta(thing, before.cells, cells, column)),
      };
    },
  };
}

interface Compared {
  readonly at: number;
  readonly isCounter: boolean;
}
