import { decimal } from './decimal.ts';
import type { Bytes, Reading, Value } from './reading.ts';
import { asciiText, nextLine, skipBlanks, wordEnd } from './words.ts';

const total = 'total=';

/**
 * Parses a PSI file (/proc/pressure/cpu, cpu.pressure of a cgroup ...): the totals of some and full, in us.
 *
 *     some avg10=0.45 avg60=0.11 avg300=0.09 total=8735290
 *     full avg10=0.45 avg60=0.11 avg300=0.08 total=7751489
 *
 * The cpu file has no full line before Linux 5.13. https://docs.kernel.org/accounting/psi.html
 */
export function parsePressure(text: Bytes): Reading {
  const reading: Record<string, Value | undefined> = {};
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    const end = wordEnd(text, line);
    const kind = asciiText(text, line, end);
    if (kind === 'some' || kind === 'full') reading[kind] = readTotal(text, end);
  }
  return reading;
}

function readTotal(text: Bytes, at: number): Value | undefined {
  let start = skipBlanks(text, at);
  for (let end = wordEnd(text, start); end > start; end = wordEnd(text, start)) {
    if (asciiText(text, start, start + total.length) === total)
      return decimal(text, start + total.length, end);
    start = skipBlanks(text, end);
  }
  return undefined;
}
