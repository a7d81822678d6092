import type { CsvCells } from '../csv/readRows.ts';
import { createDifferences, type Delta } from '../read/differences.ts';
import type { Restarts } from '../read/restarts.ts';
import type { RunData } from '../read/runData.ts';
import type { Source } from './sources.ts';
import type { Measure } from './usage.ts';

/** What a row adds to a measure of the thing that it is about. */
export interface Reading {
  readonly measure: Measure;
  /** What it was then; of a counter how much a second. */
  readonly value: number;
  /** Of a counter. */
  readonly growth?: Growth;
}

/** What a counter grew by, in how long, since which tick. */
interface Growth {
  readonly amount: number;
  readonly seconds: number;
  readonly since: string;
}

export interface RowReadings {
  /** Of the node, container or process; a row may be about a part of it. */
  readonly key: string;
  readonly readings: readonly Reading[];
}

/** Reads the rows of one file. @param sources those of its table. */
export function createReadings(
  run: RunData,
  name: string,
  sources: readonly Source[],
  restarts: Restarts,
): (cells: CsvCells) => RowReadings {
  const file = run.file(name) ?? { name, columns: [] };
  const at = (column: string) => file.columns.findIndex((each) => each.name === column);
  const counters = sources.flatMap(({ plus }) =>
    file.columns.filter((column) => column.kind === 'counter' && plus.includes(column.name)),
  );
  const differences = createDifferences(file, counters, restarts);
  const readers = sources.map(({ measure, plus, minus = [], except }) => ({
    measure,
    part: except && { at: at(except.label), names: except.names },
    counters: plus.map((column) => counters.findIndex((counter) => counter.name === column)),
    plus: plus.map(at),
    minus: minus.map(at),
  }));

  return (cells) => {
    const { thing, deltas } = differences.next(cells);
    const readings: Reading[] = [];
    for (const { measure, part, counters: places, plus, minus } of readers) {
      if (part?.names.test(cells[part.at] ?? '') === true) continue;
      if (places.includes(-1)) {
        const value = sum(plus.map((place) => cells[place])) - sum(minus.map((place) => cells[place]));
        if (Number.isFinite(value)) readings.push({ measure, value });
        continue;
      }
      const growth = growthOf(places.map((place) => deltas[place]));
      if (growth === undefined) continue;
      const value = growth.amount / growth.seconds;
      if (Number.isFinite(value)) readings.push({ measure, value, growth });
    }
    return { key: thing.whole, readings };
  };
}

/** Undefined where one of them is absent, and where they are over different times: one was empty in between. */
function growthOf(deltas: readonly (Delta | undefined)[]): Growth | undefined {
  const [first] = deltas;
  if (first === undefined || deltas.some((delta) => delta?.span.since !== first.span.since)) return undefined;
  const { since, seconds } = first.span;
  return { amount: sum(deltas.map((delta) => delta?.amount)), seconds: Number(seconds), since };
}

/** NaN where one of them is absent. */
function sum(texts: readonly (string | undefined)[]): number {
  return texts.reduce((total, text) => total + (text === undefined || text === '' ? NaN : Number(text)), 0);
}
