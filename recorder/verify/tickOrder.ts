import { isoTime } from '../csv/rows.ts';
import { tickIndex, tickTime } from '../run/schedule.ts';
import { firstCell } from './cells.ts';
import type { ScannedRow } from './rowScanner.ts';

/** What is wrong with the timestamp of a file's next row: a sentence, or nothing. */
export type TickOrder = (row: ScannedRow, committed: number | undefined) => string | undefined;

export interface TimeScale {
  /** Seconds between ticks; undefined: not known. */
  readonly interval: number | undefined;
  /** When the run was stopped, as in run.json: what happened then has that time. */
  readonly stop: string | undefined;
}

/**
 * What the timestamps of a file are: `ticks` are those of the commits that their rows came with, `events`
 * those of any tick or the stop, `moments` any.
 */
export type TimestampKind = 'ticks' | 'events' | 'moments';

/** Rows are in the order of their timestamps, and these are ticks of the run. */
export function createTickOrder(kind: TimestampKind, { interval, stop }: TimeScale): TickOrder {
  let last = '';
  let lastCommitted: number | undefined;
  return (row, committed) => {
    const cell = firstCell(row);
    // Most rows are of the tick of the row before.
    if (cell === last && committed === lastCommitted) return undefined;
    const before = last;
    last = cell;
    lastCommitted = committed;
    const seconds = Date.parse(cell) / 1000;
    if (!Number.isFinite(seconds) || isoTime(seconds) !== cell) return 'has no timestamp';
    if (cell < before) return `is of ${cell}, behind a row of ${before}`;
    if (kind === 'moments') return undefined;
    if (interval !== undefined && !isTick(seconds, interval) && !(kind === 'events' && cell === stop)) {
      return `is of ${cell}, which is no multiple of the interval of ${interval} s`;
    }
    if (kind === 'ticks' && committed !== undefined && isoTime(committed) !== cell) {
      return `is of ${cell}, but was committed with the tick ${isoTime(committed)}`;
    }
    return undefined;
  };
}

/** @param tick seconds since the epoch. */
export function isTick(tick: number, interval: number): boolean {
  return isoTime(tickTime(tickIndex(tick, interval), interval)) === isoTime(tick);
}
