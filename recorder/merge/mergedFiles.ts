import { join } from 'node:path';
import type { FileState } from '../csv/growingFile.ts';
import { journalLine, journalName } from '../csv/journal.ts';
import { csvText } from '../csv/rows.ts';
import type { ManifestFile } from '../run/manifest.ts';
import { createMergedFile, type MergedFile } from './mergedFile.ts';

/** The CSV files of a run that is put together, and its journal. */
export interface MergedFiles {
  file(name: string): MergedFile;
  /**
   * What was written since the last call belongs to that tick; null: the headers; absent: to the last one.
   */
  commit(tick?: number | null): Promise<void>;
  state(name: string): FileState;
  /** Makes all durable and closes it. */
  end(): Promise<void>;
  close(): Promise<void>;
}

export async function createMergedFiles(
  folder: string,
  described: readonly ManifestFile[],
): Promise<MergedFiles> {
  const files = new Map<string, MergedFile>();
  const told = new Map<string, number>();
  let last: number | null = null;

  async function close(): Promise<void> {
    await Promise.allSettled(Array.from(files.values(), (file) => file.close()));
  }

  function fileOf(name: string): MergedFile {
    const file = files.get(name);
    if (file === undefined) throw new Error(`${name} is no file of the run.`);
    return file;
  }

  try {
    for (const { name, columns } of described) {
      const file = await createMergedFile(join(folder, name));
      files.set(name, file);
      file.line(Buffer.from(csvText([columns.map((column) => column.name)]).slice(0, -1)));
    }
    files.set(journalName, await createMergedFile(join(folder, journalName)));
  } catch (error) {
    await close();
    throw error;
  }

  return {
    file: fileOf,
    async commit(tick = last) {
      const grown: Record<string, FileState> = {};
      for (const { name } of described) {
        const state = fileOf(name).state(1);
        if (state.bytes === told.get(name)) continue;
        told.set(name, state.bytes);
        grown[name] = state;
      }
      if (Object.keys(grown).length === 0) return;
      last = tick;
      const journal = fileOf(journalName);
      journal.line(Buffer.from(journalLine({ tick, synced: true, files: grown }).slice(0, -1)));
      await journal.flush();
    },
    state: (name) => fileOf(name).state(1),
    async end() {
      for (const file of files.values()) await file.end();
    },
    close,
  };
}
