import { join, resolve } from 'node:path';
import { errorCode } from '../../exporter/serve/errno.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { writeAtomically } from './atomic.ts';
import { type CsvFileName, csvFiles } from './columns.ts';
import { type Addition, createCommits } from './commits.ts';
import { cutFiles } from './cutFiles.ts';
import type { FileState } from './growingFile.ts';
import { journalName } from './journal.ts';
import { makeFolder, manifestName } from './makeFolder.ts';
import { manifestText } from './manifestText.ts';
import { reopenFolder, type ReopenedFolder } from './reopenFolder.ts';
import { resumeLogName, type RunFileName } from './resumeLog.ts';
import { isoTime, type Lines } from './rows.ts';
import { resumeLogIn } from './stopTrace.ts';
import { SyncError } from './syncError.ts';

export { RunExistsError } from './makeFolder.ts';
export { DamagedRunError } from './damagedRunError.ts';
export { SyncError } from './syncError.ts';

export interface RunFolder {
  /** Absolute. */
  readonly path: string;
  /** Keeps lines for the next commit. */
  append(lines: Lines): void;
  /**
   * Writes what was appended before the call, all or nothing.
   * @throws CommitError; the lines are dropped then, and a later commit may succeed. SyncError: none will,
   * and what was committed since the last sync is dropped, too.
   */
  commit(tick: number): Promise<void>;
  /** Replaces run.json, atomically. */
  writeManifest(manifest: object): Promise<void>;
  /** What is committed, in the order of csvFiles. */
  files(): readonly FileSummary[];
  /**
   * Commits what is left with the last tick, and closes the files.
   * @throws CommitError or SyncError; closed all the same.
   */
  close(): Promise<void>;
  /** Cuts off what a failed commit has left, where that could not be done before the files were closed. */
  cut(): Promise<void>;
}

export interface FileSummary extends FileState {
  readonly name: CsvFileName;
}

export interface RunFolderOptions {
  /** The first run.json: a run's folder is never without one. */
  readonly manifest: object;
  /** Seconds between ticks. Where it is shorter than a second, one commit a second is synced. */
  readonly interval: number;
}

/** A tick could not be written (a full disk, say). The files are as they were after the last commit. */
class CommitError extends Error {
  override readonly name = 'CommitError';
  /** ENOSPC, for one. */
  readonly code: string | undefined;

  constructor(message: string, options: { readonly cause: unknown }) {
    super(message, options);
    this.code = errorCode(options.cause);
  }
}

/**
 * Makes OUTPUT_DIR/RUN with all files, their headers in them, a journal and run.json.
 * @throws RunExistsError, or what the file system says.
 */
export async function createRunFolder(
  outputDir: string,
  run: string,
  { manifest, interval }: RunFolderOptions,
): Promise<RunFolder> {
  const path = resolve(outputDir, run);
  return growingFolder(path, { ...(await makeFolder(path, manifestText(manifest))), tick: null }, interval);
}

/**
 * Opens the folder of a run whose recorder ended, to go on with it.
 * @throws DamagedRunError, or what the file system says.
 */
export async function reopenRunFolder(outputDir: string, run: string, interval: number): Promise<RunFolder> {
  const path = resolve(outputDir, run);
  return growingFolder(path, await reopenFolder(path), interval);
}

function growingFolder(
  path: string,
  { files, journal, tick: committedTick }: ReopenedFolder,
  interval: number,
): RunFolder {
  const commits = createCommits(files, journal);
  const inTurn = createTurns();
  const ticksPerSync = Math.max(1, Math.floor(1 / interval));
  let appended = new Map<RunFileName, Addition & { readonly texts: string[] }>();
  let ticksSinceSync = 0;
  let lastTick = committedTick;

  function append({ file, text, rows }: Lines): void {
    const before = appended.get(file) ?? { texts: [], rows: 0 };
    before.texts.push(text);
    appended.set(file, { texts: before.texts, rows: before.rows + rows });
  }

  /** @param next absent: the last rows of the run, which go with the last tick. */
  function commit(sync: boolean, next?: number): Promise<void> {
    const additions = appended;
    ticksSinceSync++;
    appended = new Map();
    return inTurn(async () => {
      const tick = next ?? lastTick;
      try {
        await commits.commit(tick, additions, sync);
        lastTick = tick;
        if (sync) ticksSinceSync = 0;
      } catch (error) {
        if (error instanceof SyncError) throw error;
        const what = messageOf(error);
        const when = tick === null ? 'before the first tick' : `of ${isoTime(tick)}`;
        throw new CommitError(`The rows ${when} could not be written to ${path}: ${what}.`, { cause: error });
      }
    });
  }

  function summary(): readonly FileSummary[] {
    return csvFiles.flatMap(({ name }) => {
      const file = files.get(name);
      return file === undefined ? [] : [{ name, ...file.committed() }];
    });
  }

  async function close(): Promise<void> {
    try {
      if (appended.size > 0 || ticksSinceSync > 0) await commit(true);
    } finally {
      await inTurn(() => commits.close());
    }
  }

  return {
    path,
    append,
    commit: (tick) => commit(ticksSinceSync + 1 >= ticksPerSync, tick),
    writeManifest: (next) => inTurn(() => writeAtomically(join(path, manifestName), manifestText(next))),
    files: summary,
    close,
    cut: async () => {
      const resumeLog = await resumeLogIn(path);
      const all = [...files, [journalName, journal] as const];
      const lengths = all.map(([name, file]) => {
        const now = name === resumeLogName ? resumeLog : name;
        return [join(path, now), file.committed().bytes] as const;
      });
      await cutFiles(lengths);
    },
  };
}

/** Runs one task after the other, in the order of the calls. */
function createTurns(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
}
