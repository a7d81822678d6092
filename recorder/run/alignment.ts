import { createHistogram } from 'node:perf_hooks';
import { microseconds } from '../microseconds.ts';
import type { ClockOffset } from '../scrape/clockOffset.ts';
import type { Alignment, ClockMeasurement } from './manifest.ts';

export interface AlignmentMeter {
  /** One answer; `skew` is collected_at - tick, undefined where the exporter did not tell. */
  add(target: string, skew: number | undefined, clock: ClockOffset): void;
  alignment(): Alignment;
  clocks(): readonly ClockMeasurement[];
}

/** A clock drifts by less than a millisecond in so many answers at the usual intervals. */
const recentAnswers = 16;

/**
 * Keeps no answers, but a histogram with three exact digits, in microseconds.
 *
 * Half a round trip bounds the error of each measurement of a clock. The round trip varies, the clock
 * hardly does: the most exact of the last few measurements stands for the clock at each answer. Those that
 * the newest contradicts are of a clock that was stepped since.
 */
export function createAlignmentMeter(): AlignmentMeter {
  const histogram = createHistogram({ lowest: 1, highest: 1e9, figures: 3 });
  const recent = new Map<string, readonly ClockOffset[]>();
  const measured = new Map<string, ClockMeasurement>();
  let max = 0;
  let error = 0;

  /** The histogram tells the upper end of a bucket, which may lie beyond the largest value. */
  function percentile(percent: number): number {
    return Math.min(histogram.percentile(percent) / 1e6, microseconds(max));
  }

  return {
    add(target, skew, clock) {
      const before = (recent.get(target) ?? []).filter((each) => agree(each, clock));
      const last = [...before, clock].slice(-recentAnswers);
      recent.set(target, last);
      measured.set(target, farther(measured.get(target), target, clock));
      if (skew === undefined) return;
      const best = last.reduce((a, b) => (b.error < a.error ? b : a));
      const off = Math.abs(skew - best.offset);
      histogram.record(Math.min(1e9, Math.max(1, Math.round(off * 1e6))));
      max = Math.max(max, off);
      error = Math.max(error, best.error);
    },
    alignment: () => {
      const answers = histogram.count;
      if (answers === 0) return { answers };
      return {
        answers,
        p50Seconds: percentile(50),
        p99Seconds: percentile(99),
        maxSeconds: microseconds(max),
        errorSeconds: microseconds(error),
      };
    },
    clocks: () => [...measured.values()],
  };
}

/** Both may be right of one and the same clock. */
function agree(one: ClockOffset, other: ClockOffset): boolean {
  return Math.abs(one.offset - other.offset) <= one.error + other.error;
}

function farther(
  before: ClockMeasurement | undefined,
  target: string,
  { offset, error }: ClockOffset,
): ClockMeasurement {
  const now = { offsetSeconds: microseconds(offset), errorSeconds: microseconds(error) };
  const best = before !== undefined && before.errorSeconds <= now.errorSeconds ? before : now;
  const proved = before === undefined || beyondError(now) > beyondError(before.farthest);
  return {
    target,
    offsetSeconds: best.offsetSeconds,
    errorSeconds: best.errorSeconds,
    farthest: proved ? now : before.farthest,
  };
}

/** By how much a clock is off at least, in seconds; negative: it may be right. */
export function beyondError(clock: { offsetSeconds: number; errorSeconds: number }): number {
  return Math.abs(clock.offsetSeconds) - clock.errorSeconds;
}
