import type { FileState, GrowingFile } from './growingFile.ts';
import { journalLine } from './journal.ts';
import type { RunFileName } from './resumeLog.ts';
import { SyncError } from './syncError.ts';

/** Lines of one file that are to be written with one commit. */
export interface Addition {
  readonly texts: readonly string[];
  readonly rows: number;
}

/** Files that grow together, all or none. */
export interface Commits {
  /**
   * Writes the additions, then the record of them to the journal. Without `sync` a power cut may undo
   * it until the next that is synced. When anything fails, files and journal are as they were before
   * and the error is thrown. Not to be called before the last one has ended.
   * @throws SyncError: files and journal are then as they were after the last commit that was synced, and
   * stay so. It is thrown again by each later call.
   */
  commit(tick: number | null, additions: ReadonlyMap<RunFileName, Addition>, sync: boolean): Promise<void>;
  /** Makes all commits durable and closes the files. @throws SyncError the first time, as `commit`. */
  close(): Promise<void>;
}

export function createCommits(files: ReadonlyMap<RunFileName, GrowingFile>, journal: GrowingFile): Commits {
  const all = [...files.values(), journal];
  const unsynced = new Set<GrowingFile>();
  /** A failed commit could not be cut off yet. */
  let torn = false;
  let failure: SyncError | undefined;

  async function write(additions: ReadonlyMap<RunFileName, Addition>): Promise<Record<string, FileState>> {
    const states = await every(additions, async ([name, { texts, rows }]) => {
      const file = files.get(name);
      if (file === undefined) throw new Error(`${name} is not a file of a run.`);
      unsynced.add(file);
      return [name, await file.write(texts, rows)] as const;
    });
    return Object.fromEntries(states);
  }

  async function syncFiles(): Promise<void> {
    await every(unsynced, (file) => file.sync());
    unsynced.clear();
  }

  async function rollBack(): Promise<void> {
    torn = true;
    await every(all, (file) => (failure === undefined ? file.rollBack() : file.rollBackToSync()));
    torn = false;
  }

  /** Cuts off what has failed, if it can be now: the error to act on is the one that is given. */
  async function undo(cause: unknown): Promise<void> {
    if (cause instanceof SyncError) failure = cause;
    await rollBack().catch(() => undefined);
  }

  return {
    async commit(tick, additions, sync) {
      if (failure !== undefined) throw failure;
      try {
        // Shorter rows would leave the end of what failed behind them.
        if (torn) await rollBack();
        const states = await write(additions);
        if (sync) await syncFiles();
        await journal.write([journalLine({ tick, ...(sync && { synced: true }), files: states })], 1);
        if (sync) await journal.sync();
      } catch (error) {
        await undo(error);
        throw error;
      }
      for (const file of all) file.commit(sync);
    },
    async close() {
      try {
        if (failure === undefined) await syncAll();
        if (torn) await rollBack();
      } finally {
        // What is synced is not lost by an error of close(2), and nothing can be done about one.
        await Promise.allSettled(all.map((file) => file.close()));
      }
    },
  };

  async function syncAll(): Promise<void> {
    try {
      await syncFiles();
      await journal.sync();
    } catch (error) {
      await undo(error);
      throw error;
    }
  }
}

/** Waits for all before it throws what went wrong with one: none is still being written then. */
async function every<T, R>(things: Iterable<T>, act: (thing: T) => Promise<R>): Promise<readonly R[]> {
  const results = await Promise.allSettled(Array.from(things, act));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
