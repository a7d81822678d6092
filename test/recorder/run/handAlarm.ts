import type { Alarm } from '../../../recorder/run/runClock.ts';

export interface HandAlarm extends Alarm {
  /** Lets time pass; callbacks are made in their order, each at its moment. */
  advanceTo(moment: number): void;
  /** Time passes without a callback, as when the process is held up. */
  holdUpTo(moment: number): void;
  /** Moments at which somebody is to be woken. */
  readonly armed: readonly number[];
}

/** An alarm whose time passes by hand. */
export function handAlarm(start: number): HandAlarm {
  let now = start;
  let sleepers: { readonly moment: number; readonly callback: () => void }[] = [];
  return {
    now: () => now,
    wakeAt: (moment, callback) => {
      const sleeper = { moment, callback };
      sleepers.push(sleeper);
      return () => {
        sleepers = sleepers.filter((each) => each !== sleeper);
      };
    },
    advanceTo: (moment) => {
      for (;;) {
        const [next] = sleepers.toSorted((a, b) => a.moment - b.moment);
        if (next === undefined || next.moment > moment) break;
        sleepers = sleepers.filter((each) => each !== next);
        now = Math.max(now, next.moment);
        next.callback();
      }
      now = Math.max(now, moment);
    },
    holdUpTo: (moment) => {
      now = moment;
    },
    get armed() {
      return sleepers.map(({ moment }) => moment);
    },
  };
}
