import type { Row } from '../scrape/answer.ts';
import { columnNames, valuesOf } from './cell.ts';

/** A counter that fell from one answer to the next. Values as scraped. */
export interface Decrease {
  readonly column: string;
  readonly before: string;
  readonly after: string;
}

/** The counters of the same thing that are lower now than before. */
export function decreases(before: Row, after: Row): readonly Decrease[] {
  if (before === after || (after.ascent !== undefined && after.ascent === before.ascent)) return [];
  const past = valuesOf(before);
  const values = valuesOf(after);
  const found: Decrease[] = [];
  for (const [index, metric] of after.table.metrics.entries()) {
    const old = past[index];
    const now = values[index];
    if (metric.type !== 'counter' || old === now || old === undefined || now === undefined) continue;
    if (Number(now) < Number(old)) {
      found.push({ column: columnNames(after.table)[index] ?? metric.name, before: old, after: now });
    }
  }
  return found;
}

/** `cpu_idle_seconds_total from 12.5 to 12.48` */
export function describeDecreases(list: readonly Decrease[]): string {
  return list.map(({ column, before, after }) => `${column} from ${before} to ${after}`).join(', ');
}
