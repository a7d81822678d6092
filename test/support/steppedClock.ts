import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { compilePreload } from './preload.ts';

/** A wall clock for processes that are started with it. Their monotonic clock is the machine's. */
export interface SteppedClock {
  readonly environment: Readonly<Record<string, string>>;
  /** From now on it is so many seconds ahead of the machine's clock. */
  set(ahead: number): void;
}

/** @param folder where it may leave its files. */
export function createSteppedClock(folder: string, name: string): SteppedClock {
  const path = join(folder, `${name}.shift`);
  writeFileSync(path, Buffer.alloc(8));
  return {
    environment: { LD_PRELOAD: compilePreload('clock', folder), CLOCK_SHIFT: path },
    set: (ahead) => {
      const shift = Buffer.alloc(8);
      shift.writeBigInt64LE(BigInt(ahead) * 1_000_000_000n);
      // The file is mapped: it must never be shorter.
      const file = openSync(path, 'r+');
      writeSync(file, shift, 0, shift.length, 0);
      closeSync(file);
    },
  };
}
