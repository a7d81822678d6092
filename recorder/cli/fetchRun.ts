import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Manifest, RunAnswer } from '../api.ts';
import { FolderInUseError, lockFolder } from '../control/folderLock.ts';
import { journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { createPartialFolder, type PartialFolder, type PartialFile } from './partialFolder.ts';
import { RecorderError } from './recorderError.ts';
import type { RecorderServer } from './recorderServer.ts';
import { unpackWhole } from './fetchWhole.ts';
import { damaged, readManifest, unpackRun } from './unpackRun.ts';

export interface FetchedRun {
  /** Absolute path of the run's folder here. */
  readonly path: string;
  readonly bytes: number;
  /** Files whose sum was compared with the one in run.json. */
  readonly verified: number;
  /** Of a run that several shards have recorded: how many parts were fetched, each into a folder `shard=K`. */
  readonly parts?: number;
  /** Bytes that were here already, since the download had been broken off. */
  readonly resumed: number;
  readonly manifest: Manifest;
}

/** How far a download is, in bytes. */
export interface FetchProgress {
  readonly file: string;
  /** Those that were here already are among them. */
  readonly bytes: number;
  readonly total: number;
  /** That have come since the call. */
  readonly received: number;
}

export interface FetchOptions {
  /** Put the parts of a run together that several shards have recorded. */
  readonly merge?: boolean | undefined;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
}

/**
 * Downloads a run into `folder`/`run`. A run that is on is brought as it is at this moment, and one of several
 * shards with all its parts, as one archive. Any other is downloaded file by file, so that what was broken off can go on, and moved to its place when it is whole and
 * every sum is right: a folder of that name is always a complete run.
 * @throws RecorderError when there is something of that name already, when the run is damaged, and when it
 *   could not be received whole
 */
export async function fetchRun(
  server: RecorderServer,
  run: string,
  folder: string,
  { merge = false, onProgress }: FetchOptions,
): Promise<FetchedRun> {
  const path = resolve(folder, run);
  const url = `/runs/${encodeURIComponent(run)}`;
  if (existsSync(path)) {
    throw new RecorderError(
      'exists',
      `${path} exists already and is left as it is: move it, or name another folder.`,
    );
  }
  const { manifest } = await server.ask<RunAnswer>('GET', url);
  if (manifest.state === 'recording' || manifest.shards !== undefined) {
    const archive = await server.download(`${url}.tar.gz`);
    const fetched = await (merge
      ? unpackWhole(archive, run, folder, server.signal)
      : unpackRun(archive, run, folder));
    return { ...fetched, manifest: inState(fetched.manifest, manifest) };
  }
  const temporary = resolve(folder, `.${run}.partial`);
  await mkdir(temporary, { recursive: true });
  const unlock = await lockPartial(temporary, run);
  const ask = (name: string, from: number, etag: string | undefined) =>
    server.part(`${url}/${encodeURIComponent(name)}`, from, etag);
  const partial = createPartialFolder(temporary, ask, server.signal);
  try {
    const fetched = await fetchFiles(partial, temporary, onProgress);
    await partial.finish();
    await rename(temporary, path);
    return { path, ...fetched, manifest: inState(fetched.manifest, manifest) };
  } catch (error) {
    if (error instanceof RecorderError && error.code === 'damaged') {
      await rm(temporary, { recursive: true, force: true });
    }
    throw error;
  } finally {
    await unlock();
  }
}

/** The run.json of a run that was interrupted says `recording`: the recorder knows better. */
function inState(manifest: Manifest, { state }: Pick<Manifest, 'state'>): Manifest {
  return manifest.state === 'recording' ? { ...manifest, state } : manifest;
}

/** Two that write into one folder would mix their bytes. @returns what ends that */
async function lockPartial(folder: string, run: string): Promise<() => Promise<void>> {
  try {
    return await lockFolder(folder);
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error;
    throw new RecorderError(
      'exists',
      `${run} is being fetched into ${folder} already: wait until that has ended, or name another folder.`,
      { cause: error },
    );
  }
}

async function fetchFiles(
  partial: PartialFolder,
  temporary: string,
  onProgress: FetchOptions['onProgress'],
): Promise<Omit<FetchedRun, 'path'>> {
  // It says what the others are, and is small.
  await partial.fetch({ name: manifestName, isNew: true });
  const manifest = await readManifest(join(temporary, manifestName));
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  let received = 0;
  let resumed = 0;
  let verified = 0;
  for (const { name, bytes, sha256 } of manifest.files) {
    if (!/^\w[\w.-]*$/.test(name)) throw damaged('names files that can be none of a run');
    const file: PartialFile = {
      name,
      ...(sha256 !== undefined && { whole: { bytes, sha256 } }),
      onBytes: (here, come) => {
        received += come;
        onProgress?.({ file: name, bytes: Math.min(before + here, total), total, received });
      },
    };
    const kept = await partial.fetch(file);
    if (kept === undefined) throw damaged(`lacks ${name}`);
    before += bytes;
    resumed += kept;
    // Of a run that nobody has stopped there are no sums.
    if (sha256 !== undefined) verified += 1;
  }
  await partial.fetch({ name: journalName });
  const names = [manifestName, journalName, ...manifest.files.map(({ name }) => name)];
  const sizes = await Promise.all(names.map((name) => sizeOf(join(temporary, name))));
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), verified, resumed, manifest };
}

/** 0 of a file that is not there: the journal of a run may be lost. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
