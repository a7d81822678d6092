import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { journalName, readJournal } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import type { Manifest } from '../run/manifest.ts';
import { problemOf, readRunRecord } from '../verify/runRecord.ts';
import type { RunPlace } from './runData.ts';

/** @throws when it is no run's folder. */
export async function runInFolder(folder: string): Promise<RunPlace> {
  const path = resolve(folder);
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Error(`There is no folder ${path}.`);
  let problem = '';
  const manifest = await readRunRecord(path, ({ sentence }) => {
    problem = sentence;
  });
  if (manifest === undefined) {
    throw new Error(`${path} is no run's folder that can be read: its ${manifestName} ${problem}.`);
  }
  return {
    path,
    manifest,
    ends: await wholeEnds(manifest, () => join(path, journalName)),
    open: (name) => createReadStream(join(path, name)),
  };
}

/** What a run on a recorder is asked for. */
export interface RunOnRecorder {
  readonly run: string;
  manifest(): Promise<Manifest>;
  download(name: string): Promise<ReadableStream>;
}

/** @throws when what the recorder says of it is no run's: names of it become names of files here. */
export async function runOnRecorder({ run, manifest, download }: RunOnRecorder): Promise<RunPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'kubemon-run-'));
  try {
    const told = await manifest();
    const problem = problemOf(told);
    if (problem !== undefined) {
      throw new Error(
        `The recorder's answer about ${run} cannot be worked with: its ${manifestName} ${problem}.`,
      );
    }
    return {
      path: run,
      manifest: told,
      ends: await wholeEnds(told, async () => {
        const path = join(folder, journalName);
        await pipeline(
          Readable.fromWeb(await download(journalName)),
          createWriteStream(path, { flags: 'wx' }),
        );
        return path;
      }),
      open: async function* open(name) {
        yield* Readable.fromWeb(await download(name));
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** run.json tells how long the files of a run are that is stopped; of any other the journal does. */
async function wholeEnds(
  { state, files }: Manifest,
  journal: () => string | Promise<string>,
): Promise<ReadonlyMap<string, number>> {
  if (state === 'stopped') return new Map(files.map(({ name, bytes }) => [name, bytes]));
  const ends = new Map<string, number>();
  for await (const { record } of readJournal(await journal())) {
    for (const [name, { bytes }] of Object.entries(record.files)) ends.set(name, bytes);
  }
  return ends;
}
