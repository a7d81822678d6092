import type { DaemonDescription, Manifest } from '../run/manifest.ts';

/** run.json of one shard's part. */
export type PartManifest = Manifest & { readonly shard: number; readonly shards: number };

export function isPart(manifest: Manifest): manifest is PartManifest {
  return manifest.shard !== undefined && manifest.shards !== undefined;
}

/** The shards whose part is not there. */
export function missingOf(parts: readonly [PartManifest, ...PartManifest[]]): readonly number[] {
  const all = Array.from({ length: parts[0].shards }, (_, shard) => shard);
  return all.filter((shard) => !parts.some((part) => part.shard === shard));
}

export function sumOfExpected(parts: readonly PartManifest[]): Manifest['expected'] {
  const reasons = parts.map(({ shard, expected }) => `${expected.count} in shard ${shard}`);
  return {
    count: parts.reduce((sum, { expected }) => sum + expected.count, 0),
    reason: reasons.join(', '),
  };
}

/** As one recorder lists them. */
export function daemonsOf(parts: readonly Pick<Manifest, 'daemons'>[]): readonly DaemonDescription[] {
  return inOrder(parts.flatMap(({ daemons }) => daemons));
}

/** Sorted as one recorder has them. */
export function inOrder<Daemon extends Pick<DaemonDescription, 'name' | 'order'>>(
  daemons: readonly Daemon[],
): readonly Daemon[] {
  return daemons.toSorted((a, b) => compare(a.order ?? '', b.order ?? '') || compare(a.name, b.name));
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export function told({ shard }: Pick<PartManifest, 'shard'>): (reason: string) => string {
  return (reason) => `Shard ${shard}: ${reason}`;
}

/** When the last was stopped; of parts that were not, their last tick. */
export function stopOf(parts: readonly PartManifest[]): string {
  const times = parts.map(({ stop, ticks, start }) => stop ?? ticks.last ?? start);
  return times.reduce((a, b) => (b > a ? b : a));
}

/** The earliest; '' of none. */
export function least(times: readonly string[]): string {
  return times.reduce((a, b) => (b < a ? b : a), times[0] ?? '');
}

export function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
