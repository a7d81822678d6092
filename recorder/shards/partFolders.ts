import { access, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { manifestName } from '../csv/makeFolder.ts';
import { shardOfFolder } from './runFolderName.ts';

/** The folder of one shard's part of a run. */
export interface PartFolder {
  readonly shard: number;
  /** Absolute. */
  readonly path: string;
}

/** The parts that lie in a run's folder, in the order of their shards; none where it is a whole run, or no folder. */
export async function partFolders(folder: string): Promise<readonly PartFolder[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const isWhole = await access(join(folder, manifestName)).then(
    () => true,
    () => false,
  );
  if (isWhole) return [];
  return entries
    .flatMap((entry) => {
      const shard = entry.isDirectory() ? shardOfFolder(entry.name) : undefined;
      return shard === undefined ? [] : [{ shard, path: resolve(folder, entry.name) }];
    })
    .toSorted((a, b) => a.shard - b.shard);
}
