import type { Link } from './link.ts';
import { type CsvRow, startRecorder } from './recorder.ts';
import { ascending } from './spread.ts';
import { startTestbed } from './testbed.ts';

/** How well the clocks of exporters were found over one link. Seconds. */
export interface FoundClocks {
  readonly link: Link;
  /** Distance of clock_offset_seconds from the truth, ascending. */
  readonly errors: readonly number[];
  /** clock_offset_error_seconds, ascending. */
  readonly bounds: readonly number[];
  /** How many of the errors are within their bound. */
  readonly within: number;
  /** For each target, the error of the measurement with the narrowest bound, ascending. */
  readonly narrowest: readonly number[];
}

export interface ClockOptions {
  readonly links: readonly Link[];
  readonly targets: number;
  readonly interval: number;
  readonly ticks: number;
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** The clocks are set off by so much at most, in seconds, either way. */
export const farthestOff = 2;
/** Both columns are rounded to it. */
const precision = 1e-6;

/** Records exporters whose clocks are set off evenly, and compares scrapes.csv with the truth. */
export async function findClocks(options: ClockOptions): Promise<readonly FoundClocks[]> {
  const { links, targets, interval, ticks, folder, say } = options;
  const truth = Object.fromEntries(
    Array.from({ length: targets }, (_, index) => [
      `off${index}`,
      farthestOff * ((2 * index) / (targets - 1) - 1),
    ]),
  );
  const testbed = await startTestbed(truth);
  try {
    const recorder = await startRecorder(folder, testbed.urls, interval);
    try {
      const found: FoundClocks[] = [];
      for (const link of links) {
        say(`clocks set off, ${link.outward} ms there, ${link.back} ms back`);
        await testbed.lay(link);
        const rowsOf = await recorder.record(`clocks-${link.outward}-${link.back}`, ticks);
        found.push(foundIn(await rowsOf('scrapes.csv'), link, truth));
      }
      return found;
    } finally {
      await recorder.stop();
    }
  } finally {
    await testbed.stop();
  }
}

/** @throws when no row tells a clock. */
export function foundIn(
  rows: readonly CsvRow[],
  link: Link,
  truth: Readonly<Record<string, number>>,
): FoundClocks {
  const measured = rows.flatMap((row) => {
    const { target = '', clock_offset_seconds: told = '', clock_offset_error_seconds: bound } = row;
    const offset = truth[target];
    if (offset === undefined || told === '') return [];
    return [{ target, error: Math.abs(Number(told) - offset), bound: Number(bound) }];
  });
  if (measured.length === 0) throw new Error('scrapes.csv tells of no clock.');
  const narrowest: Record<string, (typeof measured)[number]> = {};
  for (const each of measured) {
    const before = narrowest[each.target];
    if (before === undefined || each.bound < before.bound) narrowest[each.target] = each;
  }
  return {
    link,
    errors: measured.map(({ error }) => error).toSorted(ascending),
    bounds: measured.map(({ bound }) => bound).toSorted(ascending),
    within: measured.filter(({ error, bound }) => error <= bound + precision).length,
    narrowest: Object.values(narrowest)
      .map(({ error }) => error)
      .toSorted(ascending),
  };
}
