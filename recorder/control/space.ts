import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { messageOf } from '../messageOf.ts';
import { Refusal } from '../refusal.ts';

/** @throws Refusal (503) when OUTPUT_DIR is gone or read-only. */
export async function requireWritable(outputDir: string): Promise<void> {
  try {
    await access(outputDir, constants.W_OK);
  } catch (error) {
    throw new Refusal(503, `OUTPUT_DIR cannot be written: ${messageOf(error)}.`);
  }
}

/** @throws Refusal (507) when the file system of OUTPUT_DIR has fewer free bytes than that. */
export async function requireSpace(outputDir: string, minFreeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(outputDir);
  const free = bavail * bsize;
  if (free >= minFreeBytes) return;
  throw new Refusal(
    507,
    `Only ${mebibytes(free)} are free in ${outputDir}, and MIN_FREE_BYTES asks for ${mebibytes(minFreeBytes)}: ` +
      'delete runs or set OUTPUT_DIR to a larger disk.',
  );
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}
