import { decimal } from './decimal.ts';
import type { Bytes, Reading } from './reading.ts';
import { skipBlanks, wordEnd } from './words.ts';

/**
 * What cgroup v1 prints for no memory limit, on the largest pages (64 KiB) and so the smallest such
 * number: 2^63 - 1 rounded down to a page. Old kernels print 2^63 - 1 or 2^64 - 1.
 */
const noLimit = 2n ** 63n - 2n ** 16n;

/**
 * Parses the cgroup files that are one number (memory.usage_in_bytes, memory.max, pids.current,
 * cpuacct.usage in ns, cpu.cfs_quota_us ...): {value}.
 *
 *     134217728
 *
 * No limit is an undefined value: `max` (v2), -1 (cpu.cfs_quota_us), 9223372036854771712 (v1 memory).
 */
export function parseSingle(text: Bytes): Reading {
  const start = skipBlanks(text, 0);
  const value = decimal(text, start, wordEnd(text, start));
  return { value: value === undefined || value < 0 || value >= noLimit ? undefined : value };
}
