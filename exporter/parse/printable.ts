import type { Bytes } from './reading.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Control characters (C0, DEL, C1) and the line and paragraph separators. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** Kernel names are of 15, 64 or, of network devices' other names, 128 bytes. */
const longestName = 256;

/**
 * A name that anybody may have given (a process's comm, an interface), as text that stays on its line:
 * control characters and line separators are stripped, invalid UTF-8 becomes U+FFFD. "" for what is too long
 * for a name.
 */
export function printableText(text: Bytes, start: number, end: number): string {
  if (end - start > longestName) return '';
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
