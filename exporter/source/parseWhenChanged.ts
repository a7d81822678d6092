import type { Bytes } from '../parse/reading.ts';

/**
 * A parser that gives the same object again while the text stays the same, as that of most processes does from
 * scrape to scrape: to compare is cheaper than to parse, makes no garbage, and tells whoever gets the object
 * that nothing has changed.
 */
export function parseWhenChanged<T extends object>(parse: (text: Bytes) => T): (text: Bytes) => T {
  let lastText = new Uint8Array();
  let last: T | undefined;
  return (text) => {
    if (last !== undefined && Buffer.compare(lastText, text) === 0) return last;
    last = undefined;
    const parsed = parse(text);
    if (lastText.length !== text.length) lastText = new Uint8Array(text.length);
    lastText.set(text);
    last = parsed;
    return parsed;
  };
}
