import { csvFiles } from '../../recorder/csv/columns.ts';
import { isRecorder } from '../../recorder/shards/recorderTargets.ts';
import type { CsvRow, RunTables } from './runFolder.ts';

/** The ticks of a run; those that a busy machine has dropped included. */
export function ticksOf(run: RunTables): readonly string[] {
  const done = run.rows('scrapes.csv').filter(({ target }) => target === 'recorder');
  const dropped = run.rows('events.csv').filter(({ kind }) => kind === 'tick_dropped');
  return [...done, ...dropped].map(({ timestamp = '' }) => timestamp).toSorted();
}

/** The ticks on which so many targets were scraped. */
export function wholeTicks(run: RunTables, count: number): readonly string[] {
  const ticks = run
    .rows('scrapes.csv')
    .filter(({ up, target = '' }) => up === '1' && !isRecorder(target))
    .map(({ timestamp = '' }) => timestamp);
  return [...new Set(ticks)].filter((tick) => ticks.filter((each) => each === tick).length === count);
}

/**
 * A file's rows of targets on these ticks. Of readings, and of columns that differ (why, by their names), only
 * whether they are there.
 */
export function shapes(
  run: RunTables,
  name: string,
  ticks: ReadonlySet<string>,
  differing: Readonly<Record<string, string>>,
): readonly CsvRow[] {
  const columns = csvFiles.find((file) => file.name === name)?.columns ?? [];
  const isReading = name !== 'scrapes.csv';
  const loose = columns
    .filter((column) => column.name in differing || (isReading && /counter|gauge/.test(column.kind)))
    .map((column) => column.name);
  return run
    .rows(name)
    .filter(
      ({ timestamp, target = '' }) =>
        (timestamp === undefined || ticks.has(timestamp)) && !isRecorder(target),
    )
    .map((row) => ({
      ...row,
      ...Object.fromEntries(loose.map((column) => [column, row[column] === '' ? '' : 'there'])),
    }));
}
