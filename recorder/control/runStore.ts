import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSummary } from '../api.ts';
import { temporaryFolderName } from '../csv/temporaryFolders.ts';
import type { Manifest } from '../run/manifest.ts';
import { readManifest } from './readManifest.ts';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const archive = '.tar.gz';

/** What a run's name must do, for a message. */
export const runNames = `match ${namePattern.source} and not end in ${archive}`;

/** May a run be called so? Its name is that of a folder, and stands in URLs: RUN.tar.gz is its archive there. */
export function isRunName(name: string): boolean {
  return namePattern.test(name) && !name.endsWith(archive);
}

/** The run folders of OUTPUT_DIR. Names must have passed `isRunName`. */
export interface RunStore {
  list(): Promise<readonly RunSummary[]>;
  /** run.json; undefined where there is none. */
  read(run: string): Promise<Manifest | undefined>;
  /** Regular files of the run's folder, sorted by name; what is only being written is hidden. */
  files(run: string): Promise<readonly RunFile[]>;
  remove(run: string): Promise<void>;
}

export interface RunFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly modified: Date;
}

/** @param recording the run that is on, whose run.json may say `recording`; any other's then lies. */
export function createRunStore(outputDir: string, recording: () => string | undefined): RunStore {
  const path = (run: string): string => join(outputDir, run);

  async function read(run: string): Promise<Manifest | undefined> {
    const manifest = await readManifest(path(run));
    if (manifest?.state !== 'recording' || recording() === run) return manifest;
    return { ...manifest, state: 'interrupted' };
  }

  return {
    read,
    list: async () => {
      const entries = await readdir(outputDir, { withFileTypes: true });
      const names = entries.filter((entry) => entry.isDirectory() && isRunName(entry.name));
      const manifests = await Promise.all(
        names.map(async ({ name }) => ({ name, manifest: await read(name) })),
      );
      return manifests
        .flatMap(({ name, manifest }) => (manifest === undefined ? [] : [summarize(name, manifest)]))
        .toSorted((a, b) => a.start.localeCompare(b.start));
    },
    files: async (run) => {
      const names = (await readdir(path(run))).filter((name) => !name.startsWith('.')).toSorted();
      const files = await Promise.all(
        names.map(async (name) => {
          const file = join(path(run), name);
          return { name, path: file, status: await lstat(file) };
        }),
      );
      return files
        .filter(({ status }) => status.isFile())
        .map(({ name, path: file, status }) => ({
          name,
          path: file,
          bytes: status.size,
          modified: status.mtime,
        }));
    },
    remove: async (run) => {
      // From one moment to the next it is no run any more, whatever else is done under its name.
      const doomed = join(outputDir, temporaryFolderName(run));
      await rename(path(run), doomed);
      await rm(doomed, { recursive: true });
    },
  };
}

/** The folder's name counts: a folder may have been renamed. */
function summarize(run: string, { state, start, stop, ticks, files, verdict }: Manifest): RunSummary {
  return {
    run,
    state,
    start,
    ...(stop !== undefined && { stop }),
    ticks: ticks.done,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(state === 'stopped' && { verdict: verdict.verdict }),
  };
}
