import type { Bytes } from './reading.ts';

const tab = 0x09;
const newline = 0x0a;
const space = 0x20;

/** The index of the next byte, from `at` on, that is no blank: a word, a newline or the end of the text. */
export function skipBlanks(text: Bytes, at: number): number {
  let index = at;
  while (text[index] === space || text[index] === tab) index++;
  return index;
}

/** The index after the word at `at`: of a blank, a newline or the end of the text. */
export function wordEnd(text: Bytes, at: number): number {
  let index = at;
  while (index < text.length) {
    const byte = text[index];
    if (byte === space || byte === newline || byte === tab) break;
    index++;
  }
  return index;
}

/** The index at which the line after that of `at` begins; the text's length where there is none. */
export function nextLine(text: Bytes, at: number): number {
  let index = at;
  while (index < text.length && text[index] !== newline) index++;
  return Math.min(index + 1, text.length);
}

/** The text without a last line that has no newline, as it is cut off: for lines that count only as a whole. */
export function wholeLines(text: Bytes): Bytes {
  return text.subarray(0, text.lastIndexOf(newline) + 1);
}

/** No word, and no line that is read as one, is longer. */
const longestText = 256;

/** The bytes from start to end as text, a character a byte: for words that are ASCII. "" where it is too long for one. */
export function asciiText(text: Bytes, start: number, end: number): string {
  let word = '';
  if (end - start > longestText) return word;
  for (let index = start; index < end; index++) word += String.fromCharCode(text[index] ?? 0);
  return word;
}
