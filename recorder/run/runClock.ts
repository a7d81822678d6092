import { performance } from 'node:perf_hooks';

/** The time scale of one run, in seconds since the epoch: it never repeats, goes back or jumps. */
export interface RunClock {
  readonly now: () => number;
  /** How far the wall clock is ahead of this scale by now: 0 or less at the start, jumps when it is stepped. */
  readonly drift: () => number;
}

/**
 * The wall clock at this moment, or `notBefore` where the wall clock reads less, carried on by the
 * monotonic clock.
 */
export function createRunClock(
  wall: () => number,
  monotonic: () => number = () => performance.now(),
  notBefore = -Infinity,
): RunClock {
  const offset = Math.max(measureOffset(wall, monotonic), notBefore - monotonic() / 1000);
  return {
    now: () => offset + monotonic() / 1000,
    drift: () => measureOffset(wall, monotonic) - offset,
  };
}

/** Two clocks that are read less than this apart, in milliseconds, are read at the same moment. */
const sameMoment = 0.05;
const attempts = 10;

/**
 * By how much the wall clock is ahead of the monotonic clock, in seconds. When the thread is put aside
 * between two readings, that pair is off by so long: so the closest pair counts.
 */
function measureOffset(wall: () => number, monotonic: () => number): number {
  let best = { apart: Infinity, offset: 0 };
  for (let attempt = 0; attempt < attempts && best.apart > sameMoment; attempt++) {
    const before = monotonic();
    const read = wall();
    const after = monotonic();
    if (after - before < best.apart) best = { apart: after - before, offset: read - after / 1000 };
  }
  return best.offset;
}

/** A clock that can wake its caller: what the schedule runs on. */
export interface Alarm {
  /** Seconds since the epoch. */
  now(): number;
  /** Calls back once at that moment or after it; returns what cancels the call. */
  wakeAt(moment: number, callback: () => void): () => void;
}

export function createAlarm(now: () => number): Alarm {
  return {
    now,
    wakeAt: (moment, callback) => {
      const timer = setTimeout(callback, Math.max(0, (moment - now()) * 1000));
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

/** Resolves when the work is done, at that moment at the latest. */
export async function atMostUntil(alarm: Alarm, moment: number, work: Promise<unknown>): Promise<void> {
  let cancel: (() => void) | undefined;
  const late = new Promise<void>((resolve) => {
    cancel = alarm.wakeAt(moment, resolve);
  });
  await Promise.race([work, late]);
  cancel?.();
}

/** Resolves at that moment. */
export function until(alarm: Alarm, moment: number): Promise<void> {
  return new Promise((resolve) => {
    if (alarm.now() >= moment) resolve();
    else alarm.wakeAt(moment, resolve);
  });
}
