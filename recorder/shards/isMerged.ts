import type { Manifest } from '../run/manifest.ts';

/** Whether a run.json is of parts that were put together. */
export function isMerged({ shard, shards }: Pick<Manifest, 'shard' | 'shards'>): boolean {
  return shard === undefined && shards !== undefined;
}
