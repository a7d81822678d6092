import { renameSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { compilePreload } from './preload.ts';

/** Calls on files, as preload/disk.c knows them. */
export interface Fault {
  readonly call: 'write' | 'short' | 'sync' | 'truncate' | 'open' | 'rename';
  readonly error: 'EIO' | 'EROFS' | 'EDQUOT' | 'EMFILE' | 'ENOSPC';
  /** The end of the files' paths; absent: all. */
  readonly file?: string;
  /** How many calls fail; absent: all. */
  readonly times?: number;
}

/** A disk that fails on demand, for a process that is started with its environment. */
export interface FailingDisk {
  readonly environment: Readonly<Record<string, string>>;
  /** From now on these calls fail, and no others. */
  fail(...faults: readonly Fault[]): void;
}

const errnos: Readonly<Record<Fault['error'], number>> = constants.errno;

/** @param folder where it keeps what it needs; another than `below`, the folder whose files fail. */
export function failingDisk(folder: string, below: string): FailingDisk {
  const control = join(folder, 'faults');

  function fail(...faults: readonly Fault[]): void {
    const lines = faults.map(({ call, error, file = '*', times }) =>
      [call, errnos[error], file, times].filter((word) => word !== undefined).join(' '),
    );
    writeFileSync(`${control}.next`, `${lines.join('\n')}\n`);
    renameSync(`${control}.next`, control);
  }

  fail();
  return {
    environment: {
      LD_PRELOAD: compilePreload('disk', folder),
      KUBEMON_DISK_BELOW: below,
      KUBEMON_DISK_CONTROL: control,
      // Calls that do not go through libc could not be failed.
      UV_USE_IO_URING: '0',
    },
    fail,
  };
}
