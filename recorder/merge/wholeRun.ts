import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readRun, type RunData } from '../read/runData.ts';
import { runInFolder } from '../read/runPlaces.ts';
import { partFolders } from '../shards/partFolders.ts';
import { mergeFolder, type MergeOptions } from './mergeFolder.ts';

/**
 * Reads a run's folder. One that lies in the parts of its shards is put together first, in a folder below TMPDIR
 * that is there for as long as it is used.
 */
export async function useWholeRun<T>(
  folder: string,
  use: (run: RunData) => Promise<T>,
  options: MergeOptions = {},
): Promise<T> {
  if ((await partFolders(folder)).length === 0) return use(readRun(await runInFolder(folder)));
  const temporary = await mkdtemp(join(tmpdir(), 'kubemon-merge-'));
  const remove = (): void => {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  };
  options.signal?.addEventListener('abort', remove);
  try {
    const { path } = await mergeFolder(folder, join(temporary, 'run'), options);
    return await use({ ...readRun(await runInFolder(path)), path: resolve(folder) });
  } finally {
    options.signal?.removeEventListener('abort', remove);
    remove();
  }
}
