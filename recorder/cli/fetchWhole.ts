import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ReadableStream } from 'node:stream/web';
import { mergeFolder } from '../merge/mergeFolder.ts';
import type { FetchedRun } from './fetchRun.ts';
import { unpackRun } from './unpackRun.ts';

/**
 * As unpackRun, but a run that several shards have recorded becomes one folder as one recorder writes it. Its
 * parts lie beside it meanwhile, so that there has to be room for both.
 * @param signal when it is aborted, what was written is removed before the abort returns; who aborts may end the
 *   process
 */
export async function unpackWhole(
  archive: ReadableStream,
  run: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<FetchedRun> {
  const path = resolve(folder, run);
  const temporary = resolve(folder, `.${run}-parts-${randomUUID()}`);
  const remove = (): void => {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  };
  signal?.addEventListener('abort', remove);
  try {
    const fetched = await unpackRun(archive, run, temporary);
    if (fetched.parts === undefined) {
      await rename(join(temporary, run), path);
      return { ...fetched, path };
    }
    signal?.throwIfAborted();
    const { manifest } = await mergeFolder(join(temporary, run), path, { signal });
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    return { ...fetched, path, bytes, manifest };
  } finally {
    signal?.removeEventListener('abort', remove);
    await rm(temporary, { recursive: true, force: true });
  }
}
