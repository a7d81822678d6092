import { access, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../exporter/serve/errno.ts';
import { shardOfFolder } from '../shards/runFolderName.ts';
import { syncFolder, writeAtomically } from './atomic.ts';
import { csvFiles } from './columns.ts';
import { createCommits } from './commits.ts';
import { createGrowingFile, type GrowingFile } from './growingFile.ts';
import { journalName } from './journal.ts';
import { resumeLogName, type RunFileName } from './resumeLog.ts';
import { header } from './rows.ts';
import { temporaryFolderName } from './temporaryFolders.ts';

export const manifestName = 'run.json';

/** The run is there already. */
export class RunExistsError extends Error {
  override readonly name = 'RunExistsError';
}

/**
 * A new run's folder at `path`: every CSV file with its header, committed, and run.json. It grows under
 * another name, beside it and beginning with a dot, so that there is never half of one.
 * @throws RunExistsError, or what the file system says.
 */
export async function makeFolder(
  path: string,
  manifest: string,
): Promise<{ readonly files: ReadonlyMap<RunFileName, GrowingFile>; readonly journal: GrowingFile }> {
  const parent = dirname(path);
  const temporary = join(parent, temporaryFolderName(basename(path)));
  const opened: GrowingFile[] = [];
  async function create(name: string): Promise<GrowingFile> {
    const file = await createGrowingFile(join(temporary, name));
    opened.push(file);
    return file;
  }

  // Of one of several shards this is the run's folder: its name must outlive a power cut, too.
  const made = await mkdir(parent, { recursive: true });
  if (made !== undefined) await syncFolder(dirname(made));
  if (await exists(path)) throw runExists(path);
  const whole = join(parent, manifestName);
  if (shardOfFolder(basename(path)) !== undefined && (await exists(whole))) throw runExists(whole);
  await mkdir(temporary);
  try {
    const files = new Map<RunFileName, GrowingFile>();
    // One after the other: this is the order in which files are listed.
    // oxlint-disable-next-line eslint/no-await-in-loop
    for (const { name } of csvFiles) files.set(name, await create(name));
    files.set(resumeLogName, await create(resumeLogName));
    const journal = await create(journalName);
    const headers = csvFiles.map((file) => [file.name, { texts: [header(file)], rows: 0 }] as const);
    await createCommits(files, journal).commit(null, new Map(headers), true);
    await writeAtomically(join(temporary, manifestName), manifest);
    await rename(temporary, path);
    await syncFolder(parent);
    return { files, journal };
  } catch (error) {
    await Promise.allSettled(opened.map((file) => file.close()));
    // The next recorder sweeps what cannot be removed now.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    // Another start was faster: a folder that is not empty is not replaced.
    throw errorCode(error) === 'ENOTEMPTY' ? runExists(path) : error;
  }
}

function runExists(path: string): RunExistsError {
  return new RunExistsError(`${path} is there already. Choose another name for the run.`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
