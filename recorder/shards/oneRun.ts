import type { Manifest } from '../run/manifest.ts';
import { compare, type PartManifest } from './partManifest.ts';

/*
 * A name may be that of two runs: a shard that was away keeps its part of a run which the others have deleted and
 * recorded again.
 */

/** Why they cannot be parts of one run: undefined: nothing says so. */
export function differenceOf(a: PartManifest, b: PartManifest): string | undefined {
  const [one, two] = [a.settings, b.settings];
  const isAgreed = one.firstTick !== undefined && two.firstTick !== undefined;
  const pairs = [
    ['run', a.run, b.run],
    ['shards', a.shards, b.shards],
    ['settings.intervalSeconds', one.intervalSeconds, two.intervalSeconds],
    ...(isAgreed ? [['settings.firstTick', one.firstTick, two.firstTick] as const] : []),
  ] as const;
  const other = pairs.find(([, left, right]) => left !== right);
  if (other !== undefined) return `${other[0]} is ${other[1]} in one and ${other[2]} in the other`;
  return !isAgreed && areApart(a, b)
    ? `one began at ${a.start} and the other at ${b.start}, and they were never on together`
    : undefined;
}

type Span = Pick<Manifest, 'start' | 'stop'>;

/** Whether one was over before the other began. */
export function areApart(a: Span, b: Span): boolean {
  const isBefore = (one: Span, two: Span) => one.stop !== undefined && one.stop < two.start;
  return isBefore(a, b) || isBefore(b, a);
}

/** The one that was started last. */
export function newestOf<Part extends Pick<Manifest, 'start'>>(parts: readonly Part[]): Part | undefined {
  return parts.toSorted((a, b) => compare(b.start, a.start))[0];
}

/** The parts of the run that was started last. */
export function partsOfNewest(parts: readonly PartManifest[]): readonly PartManifest[] {
  const newest = newestOf(parts);
  return parts.filter((part) => newest !== undefined && differenceOf(newest, part) === undefined);
}
