import { type CsvRow, readRun, type RunTables } from './runFolder.ts';
import { until } from './until.ts';

/** The rows of scrapes.csv of one target. */
export function scrapesOf(tables: RunTables, target: string): readonly CsvRow[] {
  return tables.rows('scrapes.csv').filter((row) => row['target'] === target);
}

export function succeeded(rows: readonly CsvRow[]): readonly CsvRow[] {
  return rows.filter(({ up }) => up === '1');
}

export function failed(rows: readonly CsvRow[]): readonly CsvRow[] {
  return rows.filter(({ up }) => up !== '1');
}

/** How far samples were off their tick, in seconds: the median, since single ones may be late on a busy machine. */
export function medianOff(rows: readonly CsvRow[]): number {
  return median(
    succeeded(rows).map((row) => Math.abs(Number(row['skew_seconds']) - Number(row['clock_offset_seconds']))),
  );
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/**
 * Waits until each of the targets has been scraped so many times more. On a busy machine that takes more ticks.
 * @param folder of a run that is on.
 */
export async function moreScrapes(folder: string, targets: readonly string[], count: number): Promise<void> {
  const counts = () => targets.map((target) => succeeded(scrapesOf(readRun(folder), target)).length);
  const before = counts();
  await until(`${targets.join(' and ')} are scraped ${count} times more`, () =>
    counts().every((now, index) => now >= (before[index] ?? 0) + count),
  );
}
