import { readColumns } from './columns.ts';
import type { Bytes, Reading } from './reading.ts';

const columns = ['size', 'resident', 'shared', 'text', 'lib', 'data', 'dt'];

/**
 * Parses /proc/PID/statm, in pages. lib and dt are 0 since Linux 2.6.
 *
 *     765 404 376 5 0 123 0
 *
 * https://docs.kernel.org/filesystems/proc.html#process-specific-subdirectories
 */
export function parseStatm(text: Bytes): Reading {
  return readColumns(text, 0, columns);
}
