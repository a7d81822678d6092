import { readRecords } from '../csv/readRows.ts';
import type { ScrapeRecord } from '../csv/records.ts';
import type { Role } from './connection.ts';
import { recorderTarget } from './scrapeRecord.ts';
import type { TargetResult } from './targetResult.ts';

/** One tick as scrapes.csv tells it. */
export interface PastTick {
  /** Seconds since the epoch. */
  readonly tick: number;
  readonly results: readonly TargetResult[];
  readonly records: readonly Pick<ScrapeRecord, 'target' | 'skewSeconds'>[];
}

/**
 * Reads scrapes.csv. Who tells its clock is a daemon, who else answers is not; of one that has not
 * answered yet, `roles` tells.
 */
export async function* readPastScrapes(
  path: string,
  roles: ReadonlyMap<string, Role>,
  end?: number,
): AsyncGenerator<PastTick> {
  const known = new Map(roles);
  let results: TargetResult[] = [];
  let records: PastTick['records'][number][] = [];
  for await (const row of readRecords(path, end)) {
    const target = row['target'] ?? '';
    if (target === recorderTarget) {
      // Its row is the last of each tick.
      yield { tick: secondsOf(row['timestamp']), results, records };
      results = [];
      records = [];
      continue;
    }
    const result = resultOf(target, row, known.get(target) ?? 'unknown');
    known.set(target, result.role);
    results.push(result);
    records.push({ target, skewSeconds: numberOf(row['skew_seconds']) });
  }
}

/** One row of scrapes.csv, of any target but the recorder. */
export function resultOf(target: string, row: Readonly<Record<string, string>>, before: Role): TargetResult {
  const up = row['up'] === '1';
  const offset = numberOf(row['clock_offset_seconds']);
  const error = numberOf(row['clock_offset_error_seconds']);
  const clock = offset === undefined || error === undefined ? undefined : { offset, error };
  const told = {
    target: { name: target },
    node: row['node'] ?? '',
    role: clock !== undefined ? 'daemon' : up ? 'further' : before,
    ...(clock && { clock }),
  } as const;
  return up ? { ...told, up } : { ...told, up, error: row['error'] ?? '' };
}

/** ISO 8601 as seconds since the epoch. */
export function secondsOf(time: string | undefined): number {
  return Date.parse(time ?? '') / 1000;
}

export function numberOf(cell: string | undefined): number | undefined {
  return cell === undefined || cell === '' ? undefined : Number(cell);
}
