import { readColumns } from './columns.ts';
import type { Bytes, Reading } from './reading.ts';

/**
 * Parses cpu.max of cgroup v2, {quota, period} in us:
 *
 *     150000 100000
 *     max 100000
 *
 * quota is undefined where there is no limit.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files
 */
export function parseCpuMax(text: Bytes): Reading {
  return readColumns(text, 0, ['quota', 'period']);
}
