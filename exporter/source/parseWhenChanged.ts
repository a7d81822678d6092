import type { Bytes } from '../parse/reading.ts';

/**
 * A parser that gives the same object again while the text stays the same, as that of most processes does from
 * scrape to scrape: to compare is cheaper than to parse, makes no garbage, and tells whoever gets the object
 * that nothing has changed. There are thousands: it is a class since closures take twice the memory.
 */
export class ParseWhenChanged<T extends object> {
  readonly #parse: (text: Bytes) => T;
  #lastText: Bytes = noText;
  #last: T | undefined;

  constructor(parse: (text: Bytes) => T) {
    this.#parse = parse;
  }

  parse(text: Bytes): T {
    if (this.#last !== undefined && Buffer.compare(this.#lastText, text) === 0) return this.#last;
    this.#last = undefined;
    const parsed = this.#parse(text);
    if (this.#lastText.length !== text.length) this.#lastText = new Uint8Array(text.length);
    this.#lastText.set(text);
    this.#last = parsed;
    return parsed;
  }
}

const noText = new Uint8Array();
