import { decimal, sum } from './decimal.ts';
import { printableText } from './printable.ts';
import type { Bytes, Reading, Value } from './reading.ts';
import { skipBlanks, wordEnd } from './words.ts';

const open = 0x28;
const close = 0x29;

export interface ProcessStat {
  readonly comm: string;
  readonly fields: Reading;
}

/**
 * Parses /proc/PID/stat: pid, comm in parentheses, a letter for the state, then numbers.
 *
 *     1234 (nginx: worker) S 1 1234 1234 0 -1 4194560 2310 0 12 0 451 203 0 0 20 0 4 0 88121 ...
 *
 * utime, stime, cutime, cstime, delayacct_blkio_ticks and starttime (since boot) are clock ticks,
 * page_faults is minor and major ones. comm is up to 15 bytes of anything (64 for a kernel worker), so it
 * ends at the last parenthesis of the text; it is given printable. undefined where the text is no such
 * line, or is cut off before the start time.
 * https://docs.kernel.org/filesystems/proc.html#id10
 */
export function parseProcessStat(text: Bytes): ProcessStat | undefined {
  const commEnd = text.lastIndexOf(close);
  const commStart = text.indexOf(open) + 1;
  if (commStart === 0 || commEnd < commStart) return undefined;

  // Numbered as in the kernel's table: the state is 3.
  let minflt, majflt, utime, stime, cutime, cstime, threads, starttime, blkio: Value | undefined;
  let start = skipBlanks(text, commEnd + 1);
  for (let field = 3; field <= 42; field++) {
    const end = wordEnd(text, start);
    if (end === start) break;
    // prettier-ignore
    switch (field) {
      case 10: minflt = decimal(text, start, end); break;
      case 12: majflt = decimal(text, start, end); break;
      case 14: utime = decimal(text, start, end); break;
      case 15: stime = decimal(text, start, end); break;
      case 16: cutime = decimal(text, start, end); break;
      case 17: cstime = decimal(text, start, end); break;
      case 20: threads = decimal(text, start, end); break;
      case 22: starttime = decimal(text, start, end); break;
      case 42: blkio = decimal(text, start, end); break;
    }
    start = skipBlanks(text, end);
  }
  if (starttime === undefined) return undefined;
  return {
    comm: printableText(text, commStart, commEnd),
    fields: {
      utime,
      stime,
      cutime,
      cstime,
      delayacct_blkio_ticks: blkio,
      page_faults: minflt === undefined || majflt === undefined ? undefined : sum(minflt, majflt),
      majflt,
      num_threads: threads,
      starttime,
    },
  };
}
