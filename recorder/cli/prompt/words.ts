/** A line of the prompt as far as it is typed. */
export interface Words {
  readonly words: readonly string[];
  /** The text of the line behind the last white space that parts words, as typed; '' behind white space. */
  readonly last: string;
  /** A quote, or a backslash at the end, waits for more. */
  readonly isOpen: boolean;
}

const part = /\s+|'([^']*)('?)|"((?:[^"\\]|\\.)*)("?)|\\(.?)|[^\s'"\\]+/gsu;

/**
 * Parts a line as a shell does: at white space, but for what stands in quotes or behind a backslash.
 * What begins with # is a remark. Nothing is expanded.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
export function readWords(line: string): Words {
  const words: string[] = [];
  let word: string | undefined;
  let start = 0;
  let isOpen = false;
  for (const match of line.matchAll(part)) {
    const [text, single, singleEnd, double, doubleEnd, escaped] = match;
    if (/^\s/.test(text)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      start = match.index + text.length;
      continue;
    }
    if (word === undefined && text.startsWith('#')) return { words, last: '', isOpen: false };
    const plain = single ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? escaped ?? text;
    word = (word ?? '') + plain;
    isOpen = singleEnd === '' || doubleEnd === '' || escaped === '';
  }
  if (word !== undefined) words.push(word);
  return { words, last: line.slice(start), isOpen };
}
