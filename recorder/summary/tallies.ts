import { createDistributions, type Distribution } from './distribution.ts';
import type { Reading } from './readings.ts';
import type { Measure, Statistics } from './usage.ts';

/** The readings of one thing, tick by tick. */
export interface Tally {
  /** What is told of one tick; of parts of the thing, such as its disks, all at once. */
  add(readings: readonly Reading[]): void;
  statistics(): Readonly<Partial<Record<Measure, Statistics>>>;
}

export interface Tallies {
  create(): Tally;
  readonly isExact: () => boolean;
}

interface MeasureTally {
  readonly values: Distribution;
  /** Of a counter growth and seconds, of a gauge values and their number. */
  amount: number;
  weight: number;
}

export function createTallies(): Tallies {
  const distributions = createDistributions();

  function create(): Tally {
    const tallies = new Map<Measure, MeasureTally>();
    return {
      add(readings) {
        for (const [measure, { value, amount, weight }] of together(readings)) {
          const tally = tallies.get(measure) ?? { values: distributions.create(), amount: 0, weight: 0 };
          tallies.set(measure, tally);
          tally.values.add(value);
          tally.amount += amount;
          tally.weight += weight;
        }
      },
      statistics: () =>
        Object.fromEntries(
          Array.from(tallies, ([measure, { values, amount, weight }]) => [
            measure,
            { mean: amount / weight, p95: values.quantile(0.95), max: values.max() },
          ]),
        ),
    };
  }

  return { create, isExact: distributions.isExact };
}

interface Sum {
  readonly value: number;
  readonly amount: number;
  readonly weight: number;
}

/** The parts of a thing are read over nearly the same time. */
function together(readings: readonly Reading[]): ReadonlyMap<Measure, Sum> {
  const sums = new Map<Measure, Sum>();
  for (const { measure, value, growth } of readings) {
    const before = sums.get(measure) ?? { value: 0, amount: 0, weight: 0 };
    sums.set(measure, {
      value: before.value + value,
      amount: before.amount + (growth?.amount ?? value),
      weight: Math.max(before.weight, growth?.seconds ?? 1),
    });
  }
  return sums;
}
