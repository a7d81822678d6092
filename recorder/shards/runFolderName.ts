import type { Manifest } from '../run/manifest.ts';

/** The folder of a run in OUTPUT_DIR; of one of several shards RUN/shard=K, as Hive partitions are called. */
export function runFolderName({ run, shard }: Pick<Manifest, 'run' | 'shard'>): string {
  return shard === undefined ? run : `${run}/${shardFolderName(shard)}`;
}

export function shardFolderName(shard: number): string {
  return `shard=${shard}`;
}

/** Which shard's part lies in a folder of that name; undefined: none does. */
export function shardOfFolder(name: string): number | undefined {
  const [, shard] = /^shard=(0|[1-9]\d{0,3})$/.exec(name) ?? [];
  return shard === undefined ? undefined : Number(shard);
}
