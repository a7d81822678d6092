import { decimal } from './decimal.ts';
import type { Bytes, Reading, Value } from './reading.ts';
import { skipBlanks, wordEnd } from './words.ts';

/**
 * Reads a line of numbers told apart by their position, from `at` to the end of the line: the first is
 * the first name's, and so on. Kernels append columns over time, so a shorter line leaves the last names
 * undefined and a longer one is read as far as there are names. An undefined name is a column to skip.
 */
export function readColumns(text: Bytes, at: number, names: readonly (string | undefined)[]): Reading {
  const reading: Record<string, Value | undefined> = {};
  let start = skipBlanks(text, at);
  for (const name of names) {
    const end = wordEnd(text, start);
    if (end === start) break;
    if (name !== undefined) reading[name] = decimal(text, start, end);
    start = skipBlanks(text, end);
  }
  return reading;
}
