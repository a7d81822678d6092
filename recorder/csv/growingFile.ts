import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { SyncError } from './syncError.ts';

/** How far a file goes. */
export interface FileState {
  readonly bytes: number;
  /** Without the header. */
  readonly rows: number;
  /** Of all bytes, in hex. */
  readonly sha256: string;
}

/** A file that only grows, and only by what is committed. */
export interface GrowingFile {
  /** Writes texts behind what is committed; how far the file then goes. Once a commit. */
  write(texts: readonly string[], rows: number): Promise<FileState>;
  /** From now on what was written is part of the file. @param isSynced all of it survives a power cut. */
  commit(isSynced: boolean): void;
  /** Cuts off what was written since the last commit. */
  rollBack(): Promise<void>;
  /**
   * Cuts off what was committed since the last commit that was synced, too. What is left was durable once,
   * and that is all that can be vouched for: the page with its end is one that the kernel may have failed to
   * write since, and to read it again would show what memory holds, not the disk.
   */
  rollBackToSync(): Promise<void>;
  /** @throws SyncError */
  sync(): Promise<void>;
  committed(): FileState;
  close(): Promise<void>;
}

/** How far a file goes, with a hash that can go on. */
export interface Length {
  readonly bytes: number;
  readonly rows: number;
  readonly hash: Hash;
}

/** @throws when the file is there already. */
export async function createGrowingFile(path: string): Promise<GrowingFile> {
  return growFrom(path, await open(path, 'wx'), { bytes: 0, rows: 0, hash: createHash('sha256') });
}

/**
 * Goes on with a file, cuts off what lies behind `committed` and makes that durable: who wrote it may have
 * ended before. One that is not there is made.
 * @throws SyncError, or what the file system says.
 */
export async function reopenGrowingFile(path: string, committed: Length): Promise<GrowingFile> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT);
  try {
    await handle.truncate(committed.bytes);
    await sync(path, handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return growFrom(path, handle, committed);
}

function growFrom(path: string, handle: FileHandle, start: Length): GrowingFile {
  let synced = start;
  let committed = start;
  let written = start;

  async function rollBack(): Promise<void> {
    written = committed;
    await handle.truncate(committed.bytes);
  }

  return {
    async write(texts, rows) {
      let { bytes } = committed;
      // A copy goes on from the running hash, so that nothing is hashed twice.
      const hash = committed.hash.copy();
      for (const text of pieces(texts)) {
        const data = Buffer.from(text);
        hash.update(data);
        await writeAt(handle, data, bytes);
        bytes += data.length;
      }
      written = { bytes, rows: committed.rows + rows, hash };
      return stateOf(written);
    },
    commit(isSynced) {
      committed = written;
      if (isSynced) synced = committed;
    },
    rollBack,
    rollBackToSync() {
      committed = synced;
      return rollBack();
    },
    sync: () => sync(path, handle),
    committed: () => stateOf(committed),
    close: () => handle.close(),
  };
}

/** Characters. The rows of a tick of a thousand daemons, in one piece, would be needed in memory three times. */
const usualPiece = 1 << 20;

/** The same texts, short ones put together. */
function* pieces(texts: readonly string[]): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < usualPiece) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

async function sync(path: string, handle: FileHandle): Promise<void> {
  try {
    await handle.datasync();
  } catch (error) {
    throw new SyncError(`${basename(path)} could not be made durable (${messageOf(error)})`, {
      cause: error,
    });
  }
}

function stateOf({ bytes, rows, hash }: Length): FileState {
  return { bytes, rows, sha256: hash.copy().digest('hex') };
}

/** One call may write less than all, on a disk that is getting full. */
async function writeAt(handle: FileHandle, data: Buffer, position: number): Promise<void> {
  for (let done = 0; done < data.length;) {
    const { bytesWritten } = await handle.write(data, done, data.length - done, position + done);
    done += bytesWritten;
  }
}
