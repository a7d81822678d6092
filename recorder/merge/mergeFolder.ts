import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { syncFolder, writeAtomically } from '../csv/atomic.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { manifestText } from '../csv/manifestText.ts';
import type { Manifest } from '../run/manifest.ts';
import { differenceOf } from '../shards/oneRun.ts';
import { partFolders } from '../shards/partFolders.ts';
import { createFigures } from '../verify/figures.ts';
import { daemonsOf, isPart, type PartManifest } from '../shards/partManifest.ts';
import { mergedManifest } from './mergedManifest.ts';
import { createMergedFiles } from './mergedFiles.ts';
import { mergeTicks } from './mergeTicks.ts';
import { openPart, type Part } from './part.ts';

/** What came of putting the parts of a run together. */
export interface MergedRun {
  /** Absolute path of the folder that was made. */
  readonly path: string;
  readonly manifest: Manifest;
}

export interface MergeOptions {
  /** When it is aborted, what was written is removed before the abort returns; who aborts ends the process. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts the parts in a run's folder (`shard=0`, `shard=1`, …) together to one folder as one recorder of all
 * daemons would have written it. It is written beside its final place and moved there when it is whole.
 * @throws when `output` is there already, when there are no parts, or when one is damaged or of another run.
 */
export async function mergeFolder(
  folder: string,
  output: string,
  { signal }: MergeOptions = {},
): Promise<MergedRun> {
  const path = resolve(output);
  if (existsSync(path)) throw new Error(`${path} exists already and is left as it is: name another folder.`);
  const temporary = join(dirname(path), `.${basename(path)}-${randomUUID()}`);
  const remove = (): void => {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  };
  const parts: Part[] = [];
  signal?.addEventListener('abort', remove);
  try {
    for (const each of await partFolders(folder)) parts.push(await openPart(each));
    const manifests = partsOfOne(parts, resolve(folder));
    await mkdir(temporary, { recursive: true });
    signal?.throwIfAborted();
    const manifest = await merge(parts, manifests, temporary);
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return { path, manifest };
  } catch (error) {
    remove();
    throw error;
  } finally {
    signal?.removeEventListener('abort', remove);
    for (const part of parts) await part.close();
  }
}

type Manifests = readonly [PartManifest, ...PartManifest[]];

async function merge(parts: readonly Part[], manifests: Manifests, folder: string): Promise<Manifest> {
  const { files } = manifests[0];
  const figures = createFigures(daemonsOf(manifests));
  const merged = await createMergedFiles(folder, files);
  try {
    await mergeTicks(parts, { files, merged, figures });
    for (const part of parts) await part.finish();
    const manifest = mergedManifest(manifests, figures, merged.state);
    await merged.end();
    await writeAtomically(join(folder, manifestName), manifestText(manifest));
    return manifest;
  } finally {
    await merged.close();
  }
}

/** @throws where they cannot be parts of one run. */
function partsOfOne(parts: readonly Part[], folder: string): Manifests {
  const manifests = parts.map(({ shard, manifest }): PartManifest => {
    if (isPart(manifest) && manifest.shard === shard) return manifest;
    const is = manifest.shard === undefined ? 'a whole run' : `shard ${manifest.shard}`;
    throw new Error(`${folder}/shard=${shard} cannot be merged: its run.json is that of ${is}.`);
  });
  const [first, ...others] = manifests;
  if (first === undefined) {
    throw new Error(`${folder} has no parts to merge: no folders shard=0, shard=1 and so on.`);
  }
  for (const other of others) {
    const difference = differenceOf(first, other) ?? otherColumns(first, other);
    if (difference === undefined) continue;
    throw new Error(
      `${folder}: shard ${first.shard} and shard ${other.shard} are not of one run: ${difference}. Merge parts of one run only.`,
    );
  }
  return [first, ...others];
}

function otherColumns(a: PartManifest, b: PartManifest): string | undefined {
  if (isDeepStrictEqual(columnsOf(a), columnsOf(b))) return undefined;
  return `their files have other columns (kubemon ${a.recorder.version} and ${b.recorder.version})`;
}

function columnsOf({ files }: Manifest) {
  return files.map(({ name, columns }) => [name, columns]);
}
