import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { Manifest } from '../api.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { mergeManifests } from '../shards/mergeManifests.ts';
import { partFolders } from '../shards/partFolders.ts';
import { isPart } from '../shards/partManifest.ts';
import { shardFolderName, shardOfFolder } from '../shards/runFolderName.ts';
import type { FetchedRun } from './fetchRun.ts';
import { RecorderError } from './recorderError.ts';

/**
 * Unpacks the .tar.gz of a run into `folder`/`run`. It is written beside its final place and moved there
 * when it is whole, so that a folder of that name is always a complete run.
 * @throws RecorderError when the archive is damaged.
 */
export async function unpackRun(archive: ReadableStream, run: string, folder: string): Promise<FetchedRun> {
  const path = resolve(folder, run);
  const temporary = resolve(folder, `.${run}-${randomUUID()}`);
  await mkdir(temporary, { recursive: true });
  try {
    const files = await unpack(archive, temporary);
    const parts = await partFolders(temporary);
    const folders = parts.length === 0 ? [''] : parts.map(({ shard }) => `${shardFolderName(shard)}/`);
    const manifests: Manifest[] = [];
    let verified = 0;
    for (const part of folders) {
      const manifest = await readManifest(join(temporary, part, 'run.json'));
      verified += verify(files, manifest, part);
      manifests.push(manifest);
    }
    const manifest = together(manifests);
    await rename(temporary, path);
    const bytes = [...files.values()].reduce((sum, file) => sum + file.bytes, 0);
    return { path, bytes, verified, resumed: 0, ...(parts.length > 0 && { parts: parts.length }), manifest };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

export interface UnpackedFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** @throws RecorderError when the archive is damaged; what was written by then stays. */
export async function unpack(
  archive: ReadableStream,
  folder: string,
): Promise<ReadonlyMap<string, UnpackedFile>> {
  const files = new Map<string, UnpackedFile>();
  const entries = extract();
  const gunzip = createGunzip();
  const fail = (error: unknown): void => {
    entries.destroy(error instanceof Error ? error : new Error(String(error)));
  };
  Readable.fromWeb(archive).on('error', fail).pipe(gunzip).on('error', fail).pipe(entries);
  try {
    for await (const entry of entries) {
      const { name: path, type } = entry.header;
      const name = nameInRun(path);
      await mkdir(dirname(join(folder, name)), { recursive: true });
      if (type === 'directory') entry.resume();
      else if (type === 'file') files.set(name, await unpackFile(entry, join(folder, name)));
      else throw new Error(`${name} is no file but a ${type}`);
    }
  } catch (error) {
    const why = messageOf(error);
    throw damaged(`could not be received whole (${why})`, error);
  }
  return files;
}

/** RUN/node.csv is node.csv, RUN/shard=1/node.csv is shard=1/node.csv: no name leads elsewhere. */
function nameInRun(path: string): string {
  const part = basename(dirname(path));
  return shardOfFolder(part) === undefined ? basename(path) : `${part}/${basename(path)}`;
}

/** Of parts what they tell together. */
function together(all: readonly Manifest[]): Manifest {
  const [first, ...others] = all.filter(isPart);
  const [only] = all;
  if (first !== undefined) return mergeManifests([first, ...others]);
  if (only !== undefined) return only;
  throw damaged('has no readable run.json');
}

/** Writes one file of the archive and sums it up on the way. */
async function unpackFile(content: AsyncIterable<unknown>, path: string): Promise<UnpackedFile> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  let bytes = 0;
  try {
    for await (const chunk of content) {
      if (!(chunk instanceof Uint8Array)) continue;
      hash.update(chunk);
      bytes += chunk.byteLength;
      await file.appendFile(chunk);
    }
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

export async function readManifest(file: string): Promise<Manifest> {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- run.json is a Manifest by its schema version
    return JSON.parse(await readFile(file, 'utf8')) as Manifest;
  } catch (error) {
    throw damaged('has no readable run.json', error);
  }
}

/** @returns how many files were compared. */
function verify(files: ReadonlyMap<string, UnpackedFile>, manifest: Manifest, part: string): number {
  let verified = 0;
  for (const { name, sha256 } of manifest.files) {
    const file = files.get(part + name);
    if (file === undefined) throw damaged(`lacks ${part}${name}`);
    // While a run is on, its files grow and have no sums.
    if (sha256 === undefined) continue;
    if (file.sha256 !== sha256) throw damaged(`has another ${part}${name} than its run.json says (SHA-256)`);
    verified += 1;
  }
  return verified;
}

export function damaged(what: string, cause?: unknown): RecorderError {
  return new RecorderError('damaged', `The run ${what}; nothing was kept. Fetch it again.`, { cause });
}
