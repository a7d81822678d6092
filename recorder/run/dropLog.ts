import type { Log } from '../../exporter/serve/log.ts';
import { isoTime } from '../csv/rows.ts';
import type { RunProblem } from './runProblem.ts';

/** Ticks that are dropped one after the other are one thing: told when it begins, and when it has ended. */
export interface DropLog {
  /** @param tick seconds since the epoch. */
  dropped(tick: number, reason: string): void;
  /** A tick was written, or there will be no other. */
  ended(): void;
  /** Undefined: the last tick was written. */
  problem(): RunProblem | undefined;
}

export function createDropLog(run: string, log: Log): DropLog {
  let count = 0;
  let problem: RunProblem | undefined;
  return {
    dropped(tick, reason) {
      if (count === 0) log.warn({ run, tick: isoTime(tick), reason }, 'ticks are dropped from now on');
      count++;
      problem = { message: `Ticks are dropped. ${reason}`, since: problem?.since ?? tick };
    },
    ended() {
      if (count > 0) log.warn({ run, dropped: count }, 'no more ticks are dropped');
      count = 0;
      problem = undefined;
    },
    problem: () => problem,
  };
}
