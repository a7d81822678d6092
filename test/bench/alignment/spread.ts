import type { Moment } from './moment.ts';

/** All times in seconds. */
export interface Spread {
  readonly samples: number;
  /** Samples that should be there and are not. */
  readonly missing: number;
  /** Last less first sample of a tick that all targets have, ascending. */
  readonly spreads: readonly number[];
  /** How far each sample is from the time that it is stored under, ascending. */
  readonly skews: readonly number[];
}

/**
 * How far apart the samples of each tick are.
 * @param expected how many ticks and targets there should be; later ticks do not count.
 * @throws Error when no tick has all targets: nothing could be said.
 */
export function spreadOf(
  moments: readonly Moment[],
  { ticks, targets }: { ticks: number; targets: number },
): Spread {
  const byTick = new Map<number, Map<string, Moment>>();
  for (const moment of moments) {
    if (moment.tick >= ticks) continue;
    const samples = byTick.get(moment.tick) ?? new Map<string, Moment>();
    byTick.set(moment.tick, samples.set(moment.target, moment));
  }
  const whole = [...byTick.values()].filter((samples) => samples.size === targets);
  if (whole.length === 0) {
    throw new Error(`None of ${ticks} ticks has a sample of each of the ${targets} targets.`);
  }
  const all = [...byTick.values()].flatMap((samples) => [...samples.values()]);
  return {
    samples: all.length,
    missing: ticks * targets - all.length,
    spreads: whole
      .map((samples) => range([...samples.values()].map(({ collectedAt }) => collectedAt)))
      .toSorted(ascending),
    skews: all.map(({ timestamp, collectedAt }) => Math.abs(collectedAt - timestamp)).toSorted(ascending),
  };
}

/** The smallest of ascending values that so many percent of them do not exceed. @throws when there is none. */
export function percentile(values: readonly number[], percent: number): number {
  const value = values[Math.max(0, Math.ceil((values.length * percent) / 100) - 1)];
  if (value === undefined) throw new Error('Of no values there is no percentile.');
  return value;
}

function range(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

export function ascending(a: number, b: number): number {
  return a - b;
}
