import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

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
  /** Writes text behind what is committed; how far the file then goes. Once a commit. */
  write(text: string, rows: number): Promise<FileState>;
  /** From now on what was written is part of the file. */
  commit(): void;
  /** Cuts off what was written since the last commit. */
  rollBack(): Promise<void>;
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
  return growFrom(await open(path, 'wx'), { bytes: 0, rows: 0, hash: createHash('sha256') });
}

/**
 * Goes on with a file, cuts off what lies behind `committed` and makes that durable: who wrote it may have
 * ended before. One that is not there is made.
 */
export async function reopenGrowingFile(path: string, committed: Length): Promise<GrowingFile> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT);
  try {
    await handle.truncate(committed.bytes);
    await handle.datasync();
  } catch (error) {
    await handle.close();
    throw error;
  }
  return growFrom(handle, committed);
}

function growFrom(handle: FileHandle, start: Length): GrowingFile {
  let committed = start;
  let written = start;

  return {
    async write(text, rows) {
      const data = Buffer.from(text);
      written = {
        bytes: committed.bytes + data.length,
        rows: committed.rows + rows,
        // A copy goes on from the running hash, so that nothing is hashed twice.
        hash: committed.hash.copy().update(data),
      };
      await writeAt(handle, data, committed.bytes);
      return stateOf(written);
    },
    commit() {
      committed = written;
    },
    async rollBack() {
      written = committed;
      await handle.truncate(committed.bytes);
    },
    sync: () => handle.datasync(),
    committed: () => stateOf(committed),
    close: () => handle.close(),
  };
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
