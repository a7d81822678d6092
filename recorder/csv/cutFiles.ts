import { stat, truncate } from 'node:fs/promises';

/** Cuts files that are longer, by path and bytes. @throws what the file system says. */
export async function cutFiles(lengths: Iterable<readonly [path: string, bytes: number]>): Promise<void> {
  for (const [path, bytes] of lengths) {
    const { size } = await stat(path);
    if (size > bytes) await truncate(path, bytes);
  }
}
