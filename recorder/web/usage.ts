import type { ManifestFile } from '../api.ts';
import type { Source } from '../summary/sources.ts';
import type { Measure } from '../summary/usage.ts';

/** What each thing used on a tick, by measure, then by the thing's key. Not known is not there. */
export type UsageOfTick = ReadonlyMap<Measure, ReadonlyMap<string, number>>;

/** Makes usage of the rows of one table: gauges as they are, counters as rates since the row before. */
export interface TableUsage {
  /** @param rows all of one tick, which is later than that of the last call. */
  take(rows: readonly (readonly string[])[]): UsageOfTick;
  /** The last row of a thing, by column; of one that was not seen for long: undefined. */
  lastRow(key: string): ((column: string) => string) | undefined;
}

/** What a counter is compared with. */
interface Reading {
  readonly cells: readonly string[];
  /** Seconds since the epoch. */
  readonly tick: number;
  /** By the clock of the exporter; NaN: not told. */
  readonly collected: number;
  /** Another row of the thing has the same tick. */
  readonly isTwice: boolean;
}

/** Things that are not seen for so many ticks are forgotten. */
const memory = 60;

/**
 * The rates of `kubemon summary`: by the exporter's clock while that agrees with the ticks; none where a
 * thing is new, was started again, or a counter fell.
 */
export function createTableUsage(
  { columns }: Pick<ManifestFile, 'columns'>,
  sources: readonly Source[],
): TableUsage {
  const index = (name: string) => columns.findIndex((column) => column.name === name);
  const collectedAt = index('collected_at');
  const identity = ['node', 'container_id', 'pid'].map(index).filter((at) => at >= 0);
  const part = Math.max(index('device'), index('interface'));
  const started = index('start_time_seconds');
  const booted = index('boot_time_seconds');
  const measured = sources.map(({ measure, plus, minus = [], except }) => ({
    measure,
    except: except?.names,
    isCounter: columns[index(plus[0] ?? '')]?.kind === 'counter',
    terms: [
      ...plus.map((name) => [index(name), 1] as const),
      ...minus.map((name) => [index(name), -1] as const),
    ],
  }));
  const readings = new Map<string, Reading>();
  const rows = new Map<string, Reading>();

  function rate(terms: readonly Term[], before: Reading | undefined, now: Reading): number | undefined {
    if (before === undefined || before.isTwice || before.tick >= now.tick || isRestarted(before, now))
      return undefined;
    let sum = 0;
    for (const [at, sign] of terms) {
      const delta = numberOf(now.cells[at]) - numberOf(before.cells[at]);
      if (!(delta >= 0)) return undefined;
      sum += sign * delta;
    }
    return sum / secondsBetween(before, now);
  }

  function isRestarted(before: Reading, now: Reading): boolean {
    if (started >= 0 && before.cells[started] !== now.cells[started]) return true;
    // The kernel reckons it from its clock, so that it moves by a second.
    return booted >= 0 && Math.abs(numberOf(now.cells[booted]) - numberOf(before.cells[booted])) > 1;
  }

  function forget(tick: number, seconds: number): void {
    for (const each of [readings, rows]) {
      for (const [key, reading] of each) if (reading.tick < tick - memory * seconds) each.delete(key);
    }
  }

  let last = 0;
  return {
    take(tickRows) {
      const found = new Map<Measure, Map<string, number>>(
        measured.map(({ measure }) => [measure, new Map()]),
      );
      const twice = new Set<string>();
      for (const cells of tickRows) {
        if (cells.length !== columns.length) continue;
        const tick = Date.parse(cells[0] ?? '') / 1000;
        const key = identity.map((at) => cells[at]).join('\n');
        const name = cells[part] ?? '';
        const before = readings.get(`${key}\n${name}`);
        const isTwice = before?.tick === tick;
        if (isTwice) twice.add(key);
        const now = { cells, tick, collected: numberOf(cells[collectedAt]), isTwice };
        readings.set(`${key}\n${name}`, now);
        rows.set(key, now);
        for (const { measure, terms, isCounter, except } of measured) {
          if (except?.test(name) === true) continue;
          const value = isCounter ? rate(terms, before, now) : sumOf(terms, cells);
          const values = found.get(measure);
          if (value !== undefined) values?.set(key, (values.get(key) ?? 0) + value);
        }
        if (tick > last && last > 0) forget(tick, tick - last);
        last = Math.max(last, tick);
      }
      // Two exporters of one node: nobody can tell what follows which.
      for (const values of found.values()) for (const key of twice) values.delete(key);
      return found;
    },
    lastRow(key) {
      const cells = rows.get(key)?.cells;
      return cells && ((column) => plain(cells[index(column)] ?? ''));
    },
  };
}

type Term = readonly [at: number, sign: 1 | -1];

function sumOf(terms: readonly Term[], cells: readonly string[]): number | undefined {
  const sum = terms.reduce((total, [at, sign]) => total + sign * numberOf(cells[at]), 0);
  return Number.isNaN(sum) ? undefined : sum;
}

/** NaN: the cell is empty, or there is none. */
function numberOf(cell: string | undefined): number {
  return cell === undefined || cell === '' ? NaN : Number(cell);
}

/** A clock that was stepped would make the rate thousands of times too small, or negative. */
function secondsBetween(before: Reading, now: Reading): number {
  const ticks = now.tick - before.tick;
  const collected = now.collected - before.collected;
  return Math.abs(collected - ticks) <= ticks / 2 ? collected : ticks;
}

/** Without the apostrophe that keeps a spreadsheet from taking text for a formula. */
function plain(cell: string): string {
  return /^'[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell) ? cell.slice(1) : cell;
}
