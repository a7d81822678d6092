import type { Bytes, Value } from './reading.ts';
import { asciiText } from './words.ts';

const minus = 0x2d;
const zero = 0x30;
/** So many digits always fit a double. */
const safeDigits = 15;
/** Those of 2^64 are 20. */
const mostDigits = 40;
const largestNumber = 2n ** 53n;

/**
 * The decimal number that the bytes from start to end are, `-` allowed; undefined where they are none.
 * Exact: a number up to 2^53, a bigint above. Every number of the kernel is followed by a blank or a
 * newline, so one that the text ends with may have lost digits, and is none.
 */
export function decimal(text: Bytes, start: number, end: number): Value | undefined {
  const negative = text[start] === minus;
  const first = negative ? start + 1 : start;
  if (end <= first || end >= text.length || end - first > mostDigits) return undefined;
  let value = 0;
  for (let index = first; index < end; index++) {
    const digit = (text[index] ?? 0) - zero;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (end - first > safeDigits) return exact(BigInt(asciiText(text, start, end)));
  return negative && value > 0 ? -value : value;
}

/** The exact sum. */
export function sum(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const total = a + b;
    if (Number.isSafeInteger(total)) return total;
  }
  return exact(BigInt(a) + BigInt(b));
}

function exact(value: bigint): Value {
  return value <= largestNumber && value >= -largestNumber ? Number(value) : value;
}
