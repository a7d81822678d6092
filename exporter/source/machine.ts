import { readFileSync } from 'node:fs';
import { machine } from 'node:os';
import { join } from 'node:path';
import { parseAuxv } from '../parse/auxv.ts';
import { parseProcStat } from '../parse/procStat.ts';
import type { Bytes } from '../parse/reading.ts';
import { isErrno } from '../serve/errno.ts';

/** What does not change while the exporter runs. A text that the machine does not tell is "". */
export interface Machine {
  readonly hostname: string;
  /** Kernel release: 6.1.0-28-amd64. */
  readonly kernel: string;
  readonly bootId: string;
  /** x86_64, aarch64. */
  readonly architecture: string;
  /** Bytes. */
  readonly pageSize: number;
  /** A second. */
  readonly clockTicks: number;
  /**
   * Seconds since the epoch. Read once: the kernel moves it with every step of the clock, and the start
   * time of a process that is counted from it must not move.
   */
  readonly bootTime: number | undefined;
  /** Whether the kernel accounts the time that tasks wait for I/O. */
  readonly delayAccounting: boolean;
}

// Where PROCFS_PATH is a copy without self/: those of every 64-bit machine but a few of ARM and POWER
// with larger pages.
const commonPageSize = 4096;
const commonClockTicks = 100;

/**
 * Reads self/auxv, stat and sys/kernel of PROCFS_PATH; what is missing there is absent.
 * @param nodeName stands for the host's name where it is given.
 * @throws NodeJS.ErrnoException for a file that is there but cannot be read.
 */
export function readMachine(procfs: string, nodeName?: string): Machine {
  function read(path: string): Bytes | undefined {
    try {
      return readFileSync(join(procfs, path));
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw error;
    }
  }
  function line(path: string): string {
    return new TextDecoder().decode(read(path)).trim();
  }
  const { pageSize = commonPageSize, clockTicks = commonClockTicks } = parseAuxv(
    read('self/auxv') ?? nothing,
  );
  const { btime } = parseProcStat(read('stat') ?? nothing);
  return {
    hostname: nodeName ?? line('sys/kernel/hostname'),
    kernel: line('sys/kernel/osrelease'),
    bootId: line('sys/kernel/random/boot_id'),
    // procfs tells it since Linux 6.1.
    architecture: line('sys/kernel/arch') || machine(),
    pageSize,
    clockTicks,
    bootTime: btime === undefined ? undefined : Number(btime),
    // The switch is there since Linux 5.14; before, a kernel that can account does.
    delayAccounting: line('sys/kernel/task_delayacct') !== '0',
  };
}

const nothing = new Uint8Array();
