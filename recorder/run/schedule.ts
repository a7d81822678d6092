import type { Alarm } from './runClock.ts';

export interface ScheduleOptions {
  /** Seconds between ticks: they lie on its multiples since the epoch. */
  readonly interval: number;
  /** How long before its moment a tick is started, in seconds. */
  readonly lead: number;
  /** Index of the first tick: that many intervals since the epoch. */
  readonly first: number;
  /** Index behind the last tick; absent: until stopped. */
  readonly end?: number;
  readonly alarm: Alarm;
  /** Called `lead` before the tick or, when the process was held up, later, but never after the tick. */
  readonly onTick: (tick: number) => void;
  /** Called for each tick whose moment passed before it could be started. */
  readonly onMissed: (tick: number, secondsLate: number) => void;
  /** Called when all ticks have been started or missed. */
  readonly onEnd: () => void;
}

export interface Schedule {
  /** No tick from that index on is started; one that has been started stays. */
  endBefore(index: number): void;
  /** No tick is started any more; those whose moment has passed meanwhile are missed. */
  stop(): void;
}

/** Timers may fire a little early. */
const timerPrecision = 0.002;

/** One timer is armed at any moment. */
export function startSchedule(options: ScheduleOptions): Schedule {
  const { interval, lead, alarm, first } = options;
  let { end = Infinity } = options;
  let index = first;
  let stopped = false;
  let cancel: (() => void) | undefined;

  function arm(): void {
    if (stopped) return;
    if (index >= end) options.onEnd();
    else cancel = alarm.wakeAt(tickTime(index, interval) - lead, wake);
  }

  function wake(): void {
    const now = alarm.now();
    while (index < end) {
      // A tick's callback may have done that.
      if (stopped) return;
      const tick = tickTime(index, interval);
      if (tick - lead > now + timerPrecision) break;
      index++;
      if (tick < now) options.onMissed(tick, now - tick);
      else options.onTick(tick);
    }
    arm();
  }

  arm();
  return {
    endBefore: (next) => {
      if (stopped || index >= end || next >= end) return;
      end = next;
      if (index < end) return;
      cancel?.();
      options.onEnd();
    },
    stop: () => {
      stopped = true;
      cancel?.();
      const now = alarm.now();
      while (index < end && tickTime(index, interval) < now) {
        const tick = tickTime(index++, interval);
        options.onMissed(tick, now - tick);
      }
    },
  };
}

/** Index of the next tick that can be reached in time. */
export function nextTick(now: number, interval: number, lead: number): number {
  return Math.ceil((now + lead) / interval - 1e-6);
}

/** How many ticks a run of so many seconds has: 30 at an interval of 1 in 30, and at least one. */
export function tickCount(duration: number, interval: number): number {
  return Math.max(1, Math.ceil(duration / interval - 1e-6));
}

/** How long before a tick its requests are sent, in seconds: min(interval / 2, 1). */
export function leadOf(interval: number): number {
  return Math.min(interval / 2, 1);
}

/** Seconds since the epoch, in whole milliseconds, as timestamps are written. */
export function tickTime(index: number, interval: number): number {
  return Math.round(index * interval * 1000) / 1000;
}

/** The index of a tick. */
export function tickIndex(tick: number, interval: number): number {
  return Math.round(tick / interval);
}
