import type { Axis } from 'uplot';
import { quantity, type Unit } from './quantity.ts';

/** Times in UTC, as in all files; seconds only where they differ, days only where they are what differs. */
export const axisTimes: Axis.DynamicValues = (_, splits, _axis, _space, step) =>
  splits.map((seconds) => {
    const time = new Date(seconds * 1000).toISOString();
    if (step >= 86_400) return time.slice(5, 10);
    return step < 60 ? time.slice(11, 19) : time.slice(11, 16);
  });

export function axisValues(unit: Unit): Axis.DynamicValues {
  return (_, splits, _axis, _space, step) =>
    splits.map((value) => {
      if (unit !== 'cores') return value === 0 ? '0' : quantity(value, unit);
      return value.toFixed(digitsOf(step));
    });
}

/** Digits behind the point: 2.5 has one, 0.25 has two. */
function digitsOf(step: number): number {
  let digits = 0;
  while (digits < 12 && Math.abs(Math.round(step * 10 ** digits) / 10 ** digits - step) > 1e-13) digits++;
  return digits;
}

/** Powers of two: round numbers in KiB, MiB and GiB. */
export const byteSteps = Array.from({ length: 54 }, (_, power) => 2 ** power);
