import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { csvFiles } from './columns.ts';
import { DamagedRunError } from './damagedRunError.ts';
import { type FileState, type GrowingFile, reopenGrowingFile } from './growingFile.ts';
import { hashAt } from './hashAt.ts';
import { type CommitRecord, journalName, readJournal } from './journal.ts';
import { resumeLogName, type RunFileName } from './resumeLog.ts';
import { header } from './rows.ts';

/** Files as far as one record of the journal says they go. */
interface Commit {
  readonly tick: number | null;
  /** Of the journal, with this record. */
  readonly end: number;
  readonly files: ReadonlyMap<string, FileState>;
}

export interface ReopenedFolder {
  readonly files: ReadonlyMap<RunFileName, GrowingFile>;
  readonly journal: GrowingFile;
  /** The tick of the last record; null: none was committed. */
  readonly tick: number | null;
}

const nothing: FileState = { bytes: 0, rows: 0, sha256: createHash('sha256').digest('hex') };
const names: readonly RunFileName[] = [...csvFiles.map(({ name }) => name), resumeLogName];

/**
 * Opens the files of a run that nobody writes any more, to go on with it. What was written behind the last
 * commit is cut off. A power cut may have kept the journal and lost rows that were not synced: then what
 * counts is the last commit that all files hold, back to the last one that was synced.
 * @throws DamagedRunError when a file is shorter or other than that, or the journal is damaged; then nothing
 * is touched.
 */
export async function reopenFolder(path: string): Promise<ReopenedFolder> {
  const commits = await lastCommits(join(path, journalName));
  const hashes = new Map<string, ReadonlyMap<number, Hash>>();
  for (const name of names) {
    const lengths = commits.map(({ files }) => (files.get(name) ?? nothing).bytes);
    hashes.set(name, await hashAt(join(path, name), lengths));
  }
  const last = commits.findLast(({ files }) =>
    names.every((name) => damage(files.get(name) ?? nothing, hashes.get(name)) === undefined),
  );
  if (last === undefined) throw damagedRun(path, commits, hashes);

  const opened: GrowingFile[] = [];
  async function reopen(
    name: string,
    { bytes, rows }: FileState,
    hash: Hash | undefined,
  ): Promise<GrowingFile> {
    const file = await reopenGrowingFile(join(path, name), {
      bytes,
      rows,
      hash: hash ?? createHash('sha256'),
    });
    opened.push(file);
    return file;
  }
  try {
    const files = new Map<RunFileName, GrowingFile>();
    for (const name of names) {
      const state = last.files.get(name) ?? nothing;
      files.set(name, await reopen(name, state, hashes.get(name)?.get(state.bytes)));
    }
    const journalHash = (await hashAt(join(path, journalName), [last.end])).get(last.end);
    const journal = await reopen(journalName, { ...nothing, bytes: last.end }, journalHash);
    return { files, journal, tick: last.tick };
  } catch (error) {
    await Promise.allSettled(opened.map((file) => file.close()));
    throw error;
  }
}

/** From the last one that was synced on. */
async function lastCommits(path: string): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  for await (const { record, end } of readJournal(path)) {
    if (commits.length === 0) requireHeaders(record, path);
    const files = new Map([...(commits.at(-1)?.files ?? []), ...Object.entries(record.files)]);
    if (record.synced === true) commits.length = 0;
    commits.push({ tick: record.tick, end, files });
  }
  if (commits.length > 0) return commits;
  throw new DamagedRunError(`${path} has no whole record.`);
}

/** The first record is of the headers: rows of this version of kubemon must stand under them. */
function requireHeaders({ tick, files }: CommitRecord, path: string): void {
  if (tick !== null) return;
  for (const file of csvFiles) {
    const sha256 = createHash('sha256').update(header(file)).digest('hex');
    if (files[file.name]?.sha256 === sha256) continue;
    throw new DamagedRunError(
      `By ${path}, ${file.name} has other columns than this version of kubemon writes.`,
    );
  }
}

function damage(state: FileState, hashes: ReadonlyMap<number, Hash> | undefined): string | undefined {
  const hash = hashes?.get(state.bytes);
  if (hash === undefined) return `is shorter than the ${state.bytes} bytes that were committed`;
  if (hash.copy().digest('hex') === state.sha256) return undefined;
  return `has other bytes than the ${state.bytes} that were committed`;
}

function damagedRun(
  path: string,
  commits: readonly Commit[],
  hashes: ReadonlyMap<string, ReadonlyMap<number, Hash>>,
): DamagedRunError {
  // What was synced must be there; of what follows a power cut may have taken some.
  const files = commits[0]?.files;
  const found = names.flatMap((name) => {
    const what = damage(files?.get(name) ?? nothing, hashes.get(name));
    return what === undefined ? [] : [`${join(path, name)} ${what}`];
  });
  return new DamagedRunError(`${found.join('; ')}.`);
}
