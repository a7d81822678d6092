const zero = 0x30;
const nine = 0x39;

/** More are no plain number, and may be a hostile megabyte. */
const mostDigits = 20;

/** How many digits there are from `start` on; of more than `mostDigits` so many. */
export function digitsAt(bytes: DataView, start: number): number {
  const end = Math.min(bytes.byteLength, start + mostDigits);
  let at = start;
  for (; at < end; at++) {
    const byte = bytes.getUint8(at);
    if (byte < zero || byte > nine) break;
  }
  return at - start;
}

/**
 * Whether a plain number (12 or 12.53) is at least another one that has as many digits before the point: byte by
 * byte, as long as both have some. False may also mean that it has lost a zero at its end.
 */
export function isNoLess(
  before: DataView,
  beforeStart: number,
  beforeLength: number,
  now: DataView,
  nowStart: number,
  nowLength: number,
): boolean {
  const both = Math.min(beforeLength, nowLength);
  for (let at = 0; at < both; at++) {
    const difference = now.getUint8(nowStart + at) - before.getUint8(beforeStart + at);
    if (difference !== 0) return difference > 0;
  }
  return nowLength >= beforeLength;
}
