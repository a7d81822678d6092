import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileState } from '../csv/growingFile.ts';

/** A file that is written from its beginning to its end. */
export interface MergedFile {
  /** A line without its end; it is copied. */
  line(bytes: Buffer): void;
  /** Writes what is waiting, where that is much. */
  flush(): Promise<void>;
  /** How far it goes. @param header lines that are no rows. */
  state(header: number): FileState;
  /** Writes what is waiting, makes it durable and closes the file. */
  end(): Promise<void>;
  close(): Promise<void>;
}

/** Bytes that wait at most, but for one line. */
const roomSize = 1 << 20;
const lineEnd = Buffer.from('\n');

/** @throws when the file is there already. */
export async function createMergedFile(path: string): Promise<MergedFile> {
  const handle = await open(path, 'wx');
  const hash = createHash('sha256');
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let room = Buffer.allocUnsafe(roomSize);
  let used = 0;
  let bytes = 0;
  let lines = 0;

  function keep(data: Buffer): void {
    waiting.push(data);
    waitingBytes += data.length;
    hash.update(data);
  }

  function settle(): void {
    if (used === 0) return;
    keep(room.subarray(0, used));
    room = room.subarray(used);
    if (room.length < roomSize / 16) room = Buffer.allocUnsafe(roomSize);
    used = 0;
  }

  async function write(): Promise<void> {
    settle();
    const data = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    for (let done = 0; done < data.length;) {
      done += (await handle.write(data, done, data.length - done)).bytesWritten;
    }
  }

  return {
    line(data) {
      const length = data.length + 1;
      if (used + length > room.length) {
        settle();
        room = Buffer.allocUnsafe(Math.max(roomSize, length));
      }
      data.copy(room, used);
      lineEnd.copy(room, used + data.length);
      used += length;
      bytes += length;
      lines++;
    },
    flush: async () => {
      if (used + waitingBytes >= roomSize) await write();
    },
    state(header) {
      settle();
      return { bytes, rows: lines - header, sha256: hash.copy().digest('hex') };
    },
    async end() {
      await write();
      await handle.sync();
      await handle.close();
    },
    close: () => handle.close(),
  };
}
