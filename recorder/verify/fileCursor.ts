import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { messageOf } from '../../exporter/serve/messageOf.ts';

/** Reads a file once, from its beginning on, and sums it up. */
export interface FileCursor {
  /** Bytes it had when it was opened. */
  readonly size: number;
  readonly position: () => number;
  /** Of the bytes up to the position, in hex. */
  readonly sha256: () => string;
  /** Reads on, to that many bytes from its beginning. False: it has fewer, and all of them were read. */
  advanceTo(end: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Bytes that are read at a time; so many are held of each file. */
const chunkSize = 256 << 10;

/** @param take gets each part that is read, up to the moment it returns. @throws also when it is no file. */
export async function openCursor(path: string, take: (data: Buffer) => void): Promise<FileCursor> {
  // A pipe would never open, and a link leads out of the folder.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const status = await handle.stat();
  if (!status.isFile()) {
    await handle.close();
    throw new Error(`${path} is no regular file`);
  }
  const chunk = Buffer.allocUnsafe(chunkSize);
  const hash = createHash('sha256');
  let position = 0;
  /** What of the chunk is read from the file, but not taken yet. */
  let from = 0;
  let filled = 0;

  async function fill(): Promise<boolean> {
    try {
      const { bytesRead } = await handle.read(chunk, 0, chunkSize, position);
      from = 0;
      filled = bytesRead;
      return bytesRead > 0;
    } catch (error) {
      // That of a disk that cannot be read names no file.
      throw new Error(`${path}: ${messageOf(error)}`, { cause: error });
    }
  }

  return {
    size: status.size,
    position: () => position,
    sha256: () => hash.copy().digest('hex'),
    async advanceTo(end) {
      while (position < end) {
        if (from === filled && !(await fill())) return false;
        const part = chunk.subarray(from, Math.min(filled, from + end - position));
        hash.update(part);
        take(part);
        from += part.length;
        position += part.length;
      }
      return true;
    },
    close: () => handle.close(),
  };
}
