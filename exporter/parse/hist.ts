import { createKeyedParser } from './keyed.ts';
import type { Bytes, Reading } from './reading.ts';

const parseTotals = createKeyedParser(['Hits', 'Dropped']);

/**
 * Parses the `hist` file of a tracefs event: {hits}, the events counted since the trigger was set.
 *
 *     { common_pid:       1260 } hitcount:       4711
 *
 *     Totals:
 *         Hits: 4711
 *         Entries: 1
 *         Dropped: 0
 *
 * Events that found the table full are in no hit count, so hits is undefined once one was dropped.
 * https://docs.kernel.org/trace/histogram.html
 */
export function parseHist(text: Bytes): Reading {
  const { Hits: hits, Dropped: dropped } = parseTotals(text);
  return { hits: dropped === 0 ? hits : undefined };
}
