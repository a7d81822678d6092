import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { isErrno } from '../../exporter/serve/errno.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';

/**
 * The SHA-256 of a file's first bytes, for each of these lengths that the file has; the hashes can go on.
 * Read once, as a stream. A file that is not there is empty.
 */
export async function hashAt(path: string, lengths: Iterable<number>): Promise<ReadonlyMap<number, Hash>> {
  const ascending = [...new Set(lengths)].toSorted((a, b) => a - b);
  const found = new Map<number, Hash>();
  const hash = createHash('sha256');
  let read = 0;

  function take(data: Buffer): void {
    let rest = data;
    for (let next = ascending[0]; next !== undefined && next <= read + rest.length; next = ascending[0]) {
      const upTo = next - read;
      hash.update(rest.subarray(0, upTo));
      rest = rest.subarray(upTo);
      read = next;
      found.set(next, hash.copy());
      ascending.shift();
    }
    hash.update(rest);
    read += rest.length;
  }

  take(Buffer.alloc(0));
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream without encoding gives buffers
      take(chunk as Buffer);
      if (ascending.length === 0) break;
    }
  } catch (error) {
    // That of a disk that cannot be read names no file.
    if (!isErrno(error, 'ENOENT')) throw new Error(`${path}: ${messageOf(error)}`, { cause: error });
  }
  return found;
}
