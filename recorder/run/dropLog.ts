import type { Log } from '../../exporter/serve/log.ts';
import { isoTime } from '../csv/rows.ts';

/** Logs ticks that are dropped one after the other as one thing: when it begins, and when it has ended. */
export interface DropLog {
  /** @param tick seconds since the epoch. */
  dropped(tick: number, reason: string): void;
  /** A tick was written, or there will be no other. */
  ended(): void;
}

export function createDropLog(run: string, log: Log): DropLog {
  let count = 0;
  return {
    dropped(tick, reason) {
      if (count === 0) log.warn({ run, tick: isoTime(tick), reason }, 'ticks are dropped from now on');
      count++;
    },
    ended() {
      if (count > 0) log.warn({ run, dropped: count }, 'no more ticks are dropped');
      count = 0;
    },
  };
}
