import type { Bytes } from './reading.ts';
import { asciiText } from './words.ts';

const numbers = /^\d+:\d+$/;

/** The word from start to end if it is a device's major:minor; undefined for any other. */
export function readDeviceNumber(text: Bytes, start: number, end: number): string | undefined {
  const word = asciiText(text, start, end);
  return numbers.test(word) ? word : undefined;
}
