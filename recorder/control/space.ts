import { statfs } from 'node:fs/promises';
import { Refusal } from '../refusal.ts';

/** @throws Refusal (507) when the file system of `folder` has fewer free bytes than that. */
export async function requireSpace(folder: string, minFreeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= minFreeBytes) return;
  throw new Refusal(
    507,
    `Only ${mebibytes(free)} are free in ${folder}, and MIN_FREE_BYTES asks for ${mebibytes(minFreeBytes)}: ` +
      'delete runs or set OUTPUT_DIR to a larger disk.',
  );
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}
