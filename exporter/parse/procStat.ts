import { readColumns } from './columns.ts';
import type { Bytes, Reading, Value } from './reading.ts';
import { asciiText, nextLine, wordEnd } from './words.ts';

const modes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest', 'guest_nice'];
const cpuColumns = modes.map((mode) => `cpu ${mode}`);
/** Lines of which the first number counts; intr and softirq go on with a number for each kind. */
const counts = new Set(['ctxt', 'intr', 'softirq', 'processes', 'procs_running', 'procs_blocked', 'btime']);
const oneCpu = /^cpu\d+$/;

/**
 * Parses /proc/stat. 'cpu user' to 'cpu guest_nice' in clock ticks, btime in seconds since the epoch,
 * cpus: how many are online, as many as have a line.
 *
 *     cpu  21100 0 8201 202579 990 0 220 87 0 0
 *     cpu0 9599 0 3532 103368 95 0 23 41 0 0
 *     intr 789987 0 0 0
 *     ctxt 1557100
 *
 * https://docs.kernel.org/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat
 */
export function parseProcStat(text: Bytes): Reading {
  const reading: Record<string, Value | undefined> = {};
  let cpus = 0;
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    const end = wordEnd(text, line);
    const word = asciiText(text, line, end);
    if (word === 'cpu') {
      Object.assign(reading, readColumns(text, end, cpuColumns));
    } else if (oneCpu.test(word)) {
      cpus++;
    } else if (counts.has(word)) {
      Object.assign(reading, readColumns(text, end, [word]));
      // Only the line after them tells that the lines of the CPUs are all there.
      if (cpus > 0) reading['cpus'] = cpus;
    }
  }
  return reading;
}
