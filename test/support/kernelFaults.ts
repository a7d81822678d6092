import { mkdtempSync, openSync, readSync, rmSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilePreload } from './preload.ts';

const size = 65_536;
const textAt = 8;

/** What the kernel answers for files of this path: a pattern of fnmatch(3), in which a * also stands for slashes. */
export interface KernelFault {
  readonly path: string;
  readonly where: 'open' | 'read' | 'piece' | 'content';
  /** open, read: an errno's number, or 'wait'; piece: bytes a read gives; content: a file to read instead. */
  readonly what: number | string;
}

/** Faults of the kernel for one process, which is started with `settings`. */
export interface KernelFaults {
  readonly settings: Readonly<Record<string, string>>;
  /** From now on these and no others. */
  set(...faults: readonly KernelFault[]): void;
  /** Whether a call waits now. */
  waits(): boolean;
  close(): void;
}

/** Builds the library of preload/kernel.c, which says how it works. */
export function createKernelFaults(): KernelFaults {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-kernel-'));
  const path = join(folder, 'control');
  writeFileSync(path, Buffer.alloc(size));
  const control = openSync(path, 'r+');
  return {
    settings: { LD_PRELOAD: compilePreload('kernel', folder), KERNEL_FAULTS: path },
    set: (...faults) => {
      const lines = faults.map((fault) => `${fault.where} ${fault.what} ${fault.path}\n`).join('');
      const text = Buffer.from(`${lines}\0`);
      if (text.length > size - textAt) throw new Error('There is no room for so many faults.');
      // The first byte comes last: without it there is no fault.
      writeSync(control, Buffer.alloc(1), 0, 1, textAt);
      writeSync(control, text, 1, text.length - 1, textAt + 1);
      writeSync(control, text, 0, 1, textAt);
    },
    waits: () => {
      const state = Buffer.alloc(1);
      readSync(control, state, 0, 1, 0);
      return state.toString() === 'w';
    },
    close: () => {
      closeSync(control);
      rmSync(folder, { recursive: true });
    },
  };
}
