import { closeSync, openSync, readSync } from 'node:fs';
import type { Bytes } from '../parse/reading.ts';

const halfPage = 2048;
const usualSize = 64 * 1024;
/** A buffer that one read has made larger than this is not kept for the next. */
const keptSize = 1024 * 1024;
/** No file of the kernel is larger: it is room for the cgroup.procs of two million processes. */
const largestSize = 16 * 1024 * 1024;

/**
 * Reads kernel files with few system calls: into one reused buffer, over descriptors that stay open
 * from scrape to scrape as far as `limit` allows. What a read returns is overwritten by the next one.
 *
 * A held descriptor is also an identity: one of /proc/PID gives ESRCH once the process has died, even
 * when its pid is used again, and one of a removed cgroup gives ENODEV.
 * Errors are those of open(2) and read(2), thrown as NodeJS.ErrnoException, and one for a file of over 16 MiB.
 */
export class KernelFiles {
  readonly #reader = new Reader();
  readonly #room: Room;

  /** @param limit how many descriptors may be held; further files are opened for each read. */
  constructor(limit: number) {
    this.#room = { held: 0, limit };
  }

  /** How many descriptors are held now. */
  get held(): number {
    return this.#room.held;
  }

  /** Opens, reads to the end and closes. */
  read(path: string): Bytes {
    return this.#reader.open(path);
  }

  /** A file that will be read again and again. Nothing is opened before its first read. */
  hold(path: string): HeldFile {
    return new HeldDescriptor(path, this.#reader, this.#room);
  }
}

export interface HeldFile {
  /** @throws NodeJS.ErrnoException, with ESRCH or ENODEV when what the file told of is gone. */
  read(): Bytes;
  close(): void;
}

/** Of descriptors. */
interface Room {
  held: number;
  readonly limit: number;
}

/** There are several for every process: a class, since closures take twice the memory. */
class HeldDescriptor implements HeldFile {
  readonly #path: string;
  readonly #reader: Reader;
  readonly #room: Room;
  #descriptor: number | undefined;

  constructor(path: string, reader: Reader, room: Room) {
    this.#path = path;
    this.#reader = reader;
    this.#room = room;
  }

  read(): Bytes {
    if (this.#descriptor !== undefined) return this.#reader.readAll(this.#descriptor);
    if (this.#room.held >= this.#room.limit) return this.#reader.open(this.#path);
    this.#descriptor = openSync(this.#path, 'r');
    this.#room.held += 1;
    return this.#reader.readAll(this.#descriptor);
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#room.held -= 1;
  }
}

class Reader {
  #buffer: Buffer = Buffer.allocUnsafeSlow(usualSize);
  /** Of the buffer, by length: most files are short, and a view of them need not be made for each read. */
  #views: Bytes[] = [];

  /** Opens, reads to the end and closes. */
  open(path: string): Bytes {
    const descriptor = openSync(path, 'r');
    try {
      return this.readAll(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  // A kernel file of many records comes in pieces of at most a page, so only a read of nothing is its
  // end; a first piece of under half a page that ends in a newline is taken for the whole, which saves most
  // files their second read: the next record would have to be over half a page long.
  readAll(descriptor: number): Bytes {
    if (this.#buffer.length > keptSize) this.#use(Buffer.allocUnsafeSlow(usualSize));
    let length = 0;
    for (;;) {
      const room = this.#buffer.length - length;
      const count = readSync(descriptor, this.#buffer, length, room, length);
      length += count;
      const isWhole = length === count && length < halfPage && this.#buffer[length - 1] === 10;
      if (isWhole) return (this.#views[length] ??= this.#buffer.subarray(0, length));
      if (count === 0) return this.#buffer.subarray(0, length);
      if (length === this.#buffer.length) this.#grow();
    }
  }

  #grow(): void {
    if (this.#buffer.length >= largestSize) throw new Error('A file is larger than any of the kernel.');
    const larger = Buffer.allocUnsafeSlow(this.#buffer.length * 2);
    this.#buffer.copy(larger);
    this.#use(larger);
  }

  #use(buffer: Buffer): void {
    this.#buffer = buffer;
    this.#views = [];
  }
}
