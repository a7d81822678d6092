import { readColumns } from './columns.ts';
import type { Bytes, Reading } from './reading.ts';

/** In the kernel's order: 11 columns at first, discards since Linux 4.18, flushes since 5.5. */
// prettier-ignore
const columns = [
  'reads', 'reads_merged', 'sectors_read', 'read_ms',
  'writes', 'writes_merged', 'sectors_written', 'write_ms',
  'in_flight', 'io_ms', 'weighted_io_ms',
  'discards', 'discards_merged', 'sectors_discarded', 'discard_ms',
  'flushes', 'flush_ms',
];

/**
 * Parses /sys/block/DEV/stat: requests, sectors of 512 bytes whatever the device's own, and ms.
 *
 *     62009     8705  3402594    30100    84188    27723  6681696    41578        0    16556    74493 ...
 *
 * https://docs.kernel.org/block/stat.html
 */
export function parseBlockStat(text: Bytes): Reading {
  return readColumns(text, 0, columns);
}
