import type { Log } from '../../exporter/serve/log.ts';
import { sweepTemporaryFolders } from '../csv/temporaryFolders.ts';
import type { Manifest } from '../run/manifest.ts';
import { lockFolder } from './folderLock.ts';
import { findUnfinishedRun } from './unfinishedRuns.ts';

/** OUTPUT_DIR, for this recorder alone and without what a crash left in it. */
export interface OutputFolder {
  /** The run to go on with, if there is one. */
  readonly unfinished?: Manifest;
  /** Leaves it to another recorder. */
  close(): Promise<void>;
}

/** @throws FolderInUseError, or an error of the file system. */
export async function openOutputFolder(path: string, resume: boolean, log: Log): Promise<OutputFolder> {
  const close = await lockFolder(path);
  try {
    const swept = await sweepTemporaryFolders(path);
    if (swept.length > 0) log.info({ swept }, 'folders that were being made or deleted were swept');
    const unfinished = resume ? await findUnfinishedRun(path, log) : undefined;
    return { close, ...(unfinished && { unfinished }) };
  } catch (error) {
    await close();
    throw error;
  }
}
