import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { useWholeRun } from '../merge/wholeRun.ts';
import type { RunData } from '../read/runData.ts';
import { exportDifferences } from './differenceFiles.ts';
import type { ExportFormat } from './format.ts';
import { exportOriginal } from './original.ts';
import { exportParquet } from './parquet.ts';

export interface ExportOptions {
  readonly format: ExportFormat;
  /** Folder to make; default RUN-FORMAT here. */
  readonly output?: string | undefined;
  /** When it is aborted, what was written is removed before the abort returns; who aborts ends the process. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of exporting a run. */
export interface ExportedRun {
  /** Absolute path of the folder that was made. */
  readonly path: string;
  readonly run: string;
  readonly format: ExportFormat;
  readonly files: number;
  readonly bytes: number;
}

const writers: Readonly<Record<ExportFormat, (run: RunData, folder: string) => Promise<void>>> = {
  parquet: exportParquet,
  deltas: (run, folder) => exportDifferences(run, 'deltas', folder),
  rates: (run, folder) => exportDifferences(run, 'rates', folder),
  original: exportOriginal,
};

/** Exports a run's folder; see exportRun. */
export async function exportFolder(folder: string, options: ExportOptions): Promise<ExportedRun> {
  return useWholeRun(folder, (run) => exportRun(run, options), options);
}

/**
 * Writes a run in another format into a folder that is made for it. It is written beside its final place and
 * moved there when it is whole. A run that is on is exported up to its last tick.
 * @throws when there is something of that name already, and when the run cannot be read.
 */
export async function exportRun(
  run: RunData,
  { format, output, signal }: ExportOptions,
): Promise<ExportedRun> {
  const path = resolve(output ?? `${run.manifest.run}-${format}`);
  if (existsSync(path)) {
    throw new Error(`${path} exists already and is left as it is: name another folder with --output.`);
  }
  const temporary = join(dirname(path), `.${basename(path)}-${randomUUID()}`);
  const remove = (): void => {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  };
  signal?.addEventListener('abort', remove);
  await mkdir(temporary, { recursive: true });
  try {
    await writers[format](run, temporary);
    const written = await filesBelow(temporary);
    await rename(temporary, path);
    const bytes = written.reduce((sum, size) => sum + size, 0);
    return { path, run: run.manifest.run, format, files: written.length, bytes };
  } catch (error) {
    remove();
    throw error;
  } finally {
    signal?.removeEventListener('abort', remove);
  }
}

/** The sizes of all files. */
async function filesBelow(folder: string): Promise<readonly number[]> {
  const sizes: number[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sizes.push((await stat(join(entry.parentPath, entry.name))).size);
  }
  return sizes;
}
