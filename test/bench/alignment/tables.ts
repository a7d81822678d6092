import type { Figure, Table } from '../report.ts';
import { farthestOff, type FoundClocks } from './clocks.ts';
import { percentile, type Spread } from './spread.ts';
import type { Measured, Way } from './ways.ts';

export const wayNames: Readonly<Record<Way, string>> = {
  at: 'recorder, with at=',
  'no at': 'recorder, without at=',
  Prometheus: 'Prometheus',
};

/** Of the skew, in seconds. */
const skewGoal = 0.005;

/** @param floor how late a process is that only waits for the ticks, in seconds, ascending */
export function spreadTable(measured: readonly Measured[], floor: readonly number[], targets: number): Table {
  return {
    title: `Moments of the samples of ${targets} exporters, in milliseconds`,
    columns: [
      'delay each way',
      'asked by',
      'samples',
      'missing',
      'spread p50',
      'spread p99',
      'skew p50',
      'skew p99',
      'skew max',
    ],
    rows: [
      ['', 'nobody: the floor', String(floor.length), '', '', '', ...percentiles(floor, 50, 99, 100)],
      ...measured.map(({ way, delay, spread: { samples, missing, spreads, skews } }) => [
        `${delay} ms`,
        wayNames[way],
        String(samples),
        String(missing),
        ...percentiles(spreads, 50, 99),
        ...percentiles(skews, 50, 99, 100),
      ]),
    ],
  };
}

export function clockTable(found: readonly FoundClocks[], targets: number): Table {
  return {
    title: `Clocks of ${targets} exporters, set off by -${farthestOff} to +${farthestOff} s, as scrapes.csv tells them, in milliseconds`,
    columns: [
      'delay there',
      'back',
      'samples',
      'wrong by p50',
      'p99',
      'max',
      'bound p50',
      'max',
      'within the bound',
      'best: p50',
      'max',
    ],
    rows: found.map(({ link, errors, bounds, within, narrowest }) => [
      `${link.outward} ms`,
      `${link.back} ms`,
      String(errors.length),
      ...percentiles(errors, 50, 99, 100),
      ...percentiles(bounds, 50, 100),
      `${percentOf(within, errors.length)} %`,
      ...percentiles(narrowest, 50, 100),
    ]),
  };
}

/** The goals: the skew with `at`, at each delay, and the bound of the clocks. */
export function figures(
  measured: readonly Measured[],
  floor: readonly number[],
  found: readonly FoundClocks[],
): readonly Figure[] {
  const samples = found.reduce((sum, { errors }) => sum + errors.length, 0);
  const within = found.reduce((sum, each) => sum + each.within, 0);
  return [
    { what: 'p99 of lateness of the floor', measured: `${inMilliseconds(percentile(floor, 99))} ms` },
    ...measured
      .filter(({ way }) => way === 'at')
      .map(({ delay, spread }) => skewFigure(delay, spread, measured)),
    {
      what: 'clock offsets found within their error bound',
      measured: `${percentOf(within, samples)} %`,
      goal: '100 %',
      isMet: within === samples,
    },
  ];
}

function skewFigure(delay: number, { skews, missing }: Spread, measured: readonly Measured[]): Figure {
  const skew = percentile(skews, 99);
  const without = measured.find((each) => each.way === 'no at' && each.delay === delay);
  return {
    what: `p99 of skew with at=, ${delay} ms each way`,
    measured: `${inMilliseconds(skew)} ms${missing === 0 ? '' : `, ${missing} samples missing`}`,
    ...(without && {
      ratio: `1/${(percentile(without.spread.skews, 99) / skew).toFixed(0)} of that without at=`,
    }),
    goal: `under ${skewGoal * 1000} ms`,
    isMet: skew < skewGoal && missing === 0,
  };
}

function percentiles(values: readonly number[], ...percents: readonly number[]): readonly string[] {
  return percents.map((percent) => inMilliseconds(percentile(values, percent)));
}

function inMilliseconds(seconds: number): string {
  return (seconds * 1000).toFixed(2);
}

/** Rounded down: 99.99 % is not all. */
function percentOf(part: number, whole: number): string {
  return String(Math.floor((part / whole) * 1000) / 10);
}
