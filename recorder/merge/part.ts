import { join } from 'node:path';
import type { FileState } from '../csv/growingFile.ts';
import { type CommitRecord, journalName, readJournal } from '../csv/journal.ts';
import type { Manifest } from '../run/manifest.ts';
import type { PartFolder } from '../shards/partFolders.ts';
import { readRunRecord } from '../verify/runRecord.ts';
import { openPartFile, type PartFile } from './partFile.ts';

/** One shard's part of a run, read tick by tick beside its journal. */
export interface Part {
  readonly shard: number;
  readonly manifest: Manifest;
  /** The next tick that is whole in all files, in seconds since the epoch; undefined: there is none. */
  tick(): number | undefined;
  /** How many bytes of a file are whole with that tick; when there is none any more, with all that was committed. */
  end(name: string): number;
  /** Reads on to the tick behind it. */
  advance(): Promise<void>;
  file(name: string): PartFile;
  /** Closes the files. @throws where one is not what the journal says. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** @throws where there is no run.json or no journal that can be read. */
export async function openPart({ shard, path }: PartFolder): Promise<Part> {
  const manifest = await readManifest(path);
  const records = recordsOf(join(path, journalName));
  const states = new Map<string, FileState>();
  const files = new Map<string, PartFile>();
  let tick: number | undefined;

  async function advance(): Promise<void> {
    tick = undefined;
    for (;;) {
      const { value } = await records.next();
      if (value === undefined) return;
      const { tick: of, files: grown } = value;
      for (const [name, state] of Object.entries<FileState>(grown)) states.set(name, state);
      // What a recorder wrote when it ended has no scrapes: it goes with the next tick.
      if (of === null || !('scrapes.csv' in grown)) continue;
      tick = of;
      return;
    }
  }

  async function close(): Promise<void> {
    await records.return(undefined);
    await Promise.allSettled(Array.from(files.values(), (file) => file.close()));
  }

  try {
    for (const { name, columns } of manifest.files) {
      files.set(
        name,
        await openPartFile(
          path,
          name,
          columns.map((column) => column.name),
        ),
      );
    }
    await advance();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    shard,
    manifest,
    tick: () => tick,
    end: (name) => states.get(name)?.bytes ?? 0,
    advance,
    file: (name) => {
      const file = files.get(name);
      if (file === undefined) throw new Error(`${path} has no ${name}.`);
      return file;
    },
    async finish() {
      for (const [name, file] of files) await file.end(states.get(name));
    },
    close,
  };
}

async function* recordsOf(path: string): AsyncGenerator<CommitRecord, undefined> {
  for await (const { record } of readJournal(path)) yield record;
}

async function readManifest(path: string): Promise<Manifest> {
  let problem = '';
  const manifest = await readRunRecord(path, ({ sentence }) => {
    problem = sentence;
  });
  if (manifest !== undefined) return manifest;
  throw new Error(`${path} cannot be merged: its run.json ${problem}.`);
}
