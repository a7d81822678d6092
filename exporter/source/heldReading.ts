import type { Bytes } from '../parse/reading.ts';
import { isErrno } from '../serve/errno.ts';
import type { HeldFile } from './files.ts';
import { ParseWhenChanged } from './parseWhenChanged.ts';
import { type Reason, reasonOf } from './unavailable.ts';

/** A file that is read again and again, parsed; or a word that says why it gives nothing. */
export interface HeldReading<T> {
  /**
   * Gives the same object again while the file says the same.
   * @throws Vanished when the process or cgroup that the file tells of is gone.
   */
  read(): T | Reason;
  close(): void;
}

/** What was about to be read has ended: no error, there is nothing to show. */
export class Vanished extends Error {
  override readonly name = 'Vanished';
}

/** These may be over by the next read. */
const passing: ReadonlySet<Reason> = new Set(['read_error', 'too_many_open_files']);
/** After any other refusal so many reads are answered without asking the kernel: a failing open is dear. */
const patience = 15;

/**
 * What says that it is gone (ESRCH, ENODEV) though it was never read and its folder is there, has failed.
 * @param missing why a file is not there: because what it told of has vanished, or because this kernel
 *   does not have it.
 */
export function holdReading<T extends object>(
  file: HeldFile,
  parse: (text: Bytes) => T,
  missing: () => Reason | 'vanished',
): HeldReading<T> {
  return new HeldText(file, parse, missing);
}

/** There are several for every process: a class, since closures take twice the memory. */
class HeldText<T extends object> implements HeldReading<T> {
  readonly #file: HeldFile;
  readonly #text: ParseWhenChanged<T>;
  readonly #missing: () => Reason | 'vanished';
  #refusal: Reason | undefined;
  #skip = 0;
  #wasRead = false;

  constructor(file: HeldFile, parse: (text: Bytes) => T, missing: () => Reason | 'vanished') {
    this.#file = file;
    this.#text = new ParseWhenChanged(parse);
    this.#missing = missing;
  }

  read(): T | Reason {
    if (this.#refusal !== undefined && this.#skip > 0) {
      this.#skip -= 1;
      return this.#refusal;
    }
    try {
      const text = this.#file.read();
      this.#wasRead = true;
      return this.#text.parse(text);
    } catch (error) {
      if (error instanceof Vanished) throw error;
      const reason = this.#why(error);
      if (reason === 'vanished') throw new Vanished();
      this.#refusal = reason;
      this.#skip = passing.has(reason) ? 0 : patience;
      return reason;
    }
  }

  close(): void {
    this.#file.close();
    this.#wasRead = false;
  }

  #why(error: unknown): Reason | 'vanished' {
    if (isErrno(error, 'ENOENT')) return this.#missing();
    const reason = reasonOf(error);
    const hasFailed = reason === 'vanished' && !this.#wasRead && this.#missing() !== 'vanished';
    return hasFailed ? 'read_error' : reason;
  }
}

/** Reads; what has vanished, once more, anew: it may have come again. */
export function readAgain<T>(reading: HeldReading<T>): T | Reason {
  try {
    return reading.read();
  } catch (error) {
    if (!(error instanceof Vanished)) throw error;
    reading.close();
    return reading.read();
  }
}
