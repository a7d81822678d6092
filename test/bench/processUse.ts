import { readFileSync } from 'node:fs';

/** Of /proc/PID/stat; Linux has 100 a second on every machine that Node.js runs on. */
const ticksPerSecond = 100;

/** What a process has used so far. */
export interface ProcessUse {
  /** User and system time of all its threads, in seconds, to 10 ms. */
  readonly cpu: number;
  /** Resident memory now and at its highest, in bytes. */
  readonly resident: number;
  readonly highest: number;
}

/**
 * Reads /proc/PID/stat and status.
 * https://docs.kernel.org/filesystems/proc.html#process-specific-subdirectories
 * @throws when the process has ended.
 */
export function processUse(pid: number): ProcessUse {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpu: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    resident: kibibytes(status, 'VmRSS'),
    highest: kibibytes(status, 'VmHWM'),
  };
}

function kibibytes(status: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (found === undefined) throw new Error(`/proc/PID/status has no ${field}: the process has ended.`);
  return Number(found) * 1024;
}
