import type { Bytes, Reading } from './reading.ts';
import { asciiText, nextLine } from './words.ts';

const averages = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /;

/**
 * Parses /proc/loadavg: load1, load5 and load15, with the kernel's two decimals.
 *
 *     0.01 0.11 0.16 1/109 30602
 *
 * https://docs.kernel.org/filesystems/proc.html
 */
export function parseLoadavg(text: Bytes): Reading {
  const [, load1, load5, load15] = averages.exec(asciiText(text, 0, nextLine(text, 0))) ?? [];
  return { load1: load(load1), load5: load(load5), load15: load(load15) };
}

function load(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
