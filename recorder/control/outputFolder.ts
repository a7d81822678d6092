import { rm } from 'node:fs/promises';
import type { Log } from '../../exporter/serve/log.ts';
import { temporaryFolders } from '../csv/temporaryFolders.ts';
import type { Manifest } from '../run/manifest.ts';
import type { Shard } from '../shards/shard.ts';
import { lockFolder } from './folderLock.ts';
import { findUnfinishedRuns, finishWhenPossible } from './unfinishedRuns.ts';

/** OUTPUT_DIR, for this recorder alone and without what a crash left in it. */
export interface OutputFolder {
  /** The run to go on with, if there is one. */
  readonly unfinished?: Manifest;
  /** Leaves it to another recorder. */
  close(): Promise<void>;
}

export interface OutputFolderOptions {
  /** Go on with a run that a recorder left unfinished. */
  readonly resume: boolean;
  /** Absent: this recorder is the only one. */
  readonly shard?: Shard | undefined;
  readonly log: Log;
}

/** @throws FolderInUseError, or an error of the file system. */
export async function openOutputFolder(
  path: string,
  { resume, shard, log }: OutputFolderOptions,
): Promise<OutputFolder> {
  const unlock = await lockFolder(path);
  const ending = new AbortController();
  const close = (): Promise<void> => {
    ending.abort();
    return unlock();
  };
  try {
    for (const folder of await temporaryFolders(path)) await sweep(folder, log);
    if (!resume) return { close };
    const { newest, stopped } = await findUnfinishedRuns(path, log, shard);
    for (const each of stopped) void finishWhenPossible(path, each, log, ending.signal);
    return { close, ...(newest && { unfinished: newest }) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One that cannot be deleted (another user's, say) keeps nobody from recording. */
async function sweep(path: string, log: Log): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
    log.info({ path }, 'a folder that was being made or deleted was swept');
  } catch (error) {
    log.warn({ err: error, path }, 'a folder that was being made or deleted could not be swept');
  }
}
