import type { Bytes } from './reading.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Control characters (C0, DEL, C1) and the line and paragraph separators. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/**
 * A name that anybody may have given (a process's comm, an interface), as text that stays on its line:
 * control characters and line separators are stripped, invalid UTF-8 becomes U+FFFD.
 */
export function printableText(text: Bytes, start: number, end: number): string {
  let name = '';
  for (let index = start; index < end; index++) {
    const byte = text[index] ?? 0;
    if (byte < 0x20 || byte > 0x7e) {
      return decoder.decode(text.subarray(start, end)).replace(unprintable, '');
    }
    name += String.fromCharCode(byte);
  }
  return name;
}
