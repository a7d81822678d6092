import type { FileState, GrowingFile } from './growingFile.ts';
import { journalLine } from './journal.ts';
import type { RunFileName } from './resumeLog.ts';

/** Lines of one file that are to be written with one commit. */
export interface Addition {
  readonly text: string;
  readonly rows: number;
}

/** Files that grow together, all or none. */
export interface Commits {
  /**
   * Writes the additions, then the record of them to the journal. Without `sync` a power cut may undo
   * it until the next that is synced. When anything fails, files and journal are as they were before
   * and the error is thrown. Not to be called before the last one has ended.
   */
  commit(tick: number | null, additions: ReadonlyMap<RunFileName, Addition>, sync: boolean): Promise<void>;
  /** Makes all commits durable and closes the files. */
  close(): Promise<void>;
}

export function createCommits(files: ReadonlyMap<RunFileName, GrowingFile>, journal: GrowingFile): Commits {
  const all = [...files.values(), journal];
  const unsynced = new Set<GrowingFile>();
  /** A failed commit could not be cut off yet. */
  let torn = false;

  async function write(additions: ReadonlyMap<RunFileName, Addition>): Promise<Record<string, FileState>> {
    const states = await every(additions, async ([name, { text, rows }]) => {
      const file = files.get(name);
      if (file === undefined) throw new Error(`${name} is not a file of a run.`);
      unsynced.add(file);
      return [name, await file.write(text, rows)] as const;
    });
    return Object.fromEntries(states);
  }

  async function syncFiles(): Promise<void> {
    await every(unsynced, (file) => file.sync());
    unsynced.clear();
  }

  async function rollBack(): Promise<void> {
    torn = true;
    await every(all, (file) => file.rollBack());
    torn = false;
  }

  return {
    async commit(tick, additions, sync) {
      try {
        if (torn) await rollBack();
        const states = await write(additions);
        if (sync) await syncFiles();
        await journal.write(journalLine({ tick, ...(sync && { synced: true }), files: states }), 1);
        if (sync) await journal.sync();
      } catch (error) {
        // If this fails too, the next commit tries again: the error to act on is the first one.
        await rollBack().catch(() => undefined);
        throw error;
      }
      for (const file of all) file.commit();
    },
    async close() {
      try {
        await syncFiles();
        await journal.sync();
      } finally {
        await every(all, (file) => file.close());
      }
    },
  };
}

/** Waits for all before it throws what went wrong with one: none is still being written then. */
async function every<T, R>(things: Iterable<T>, act: (thing: T) => Promise<R>): Promise<readonly R[]> {
  const results = await Promise.allSettled(Array.from(things, act));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
