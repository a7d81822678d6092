import { stripVTControlCharacters } from 'node:util';

/**
 * A text of foreign origin (comm, container name, error of a target) as it may go to a terminal:
 * without escape sequences, control characters, line breaks and characters that turn or hide text.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\p{Zl}\p{Zp}\t\n]+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '');
}

const segmenter = new Intl.Segmenter();

/** What a reader takes for single characters. */
function characters(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Wide characters of East Asia, and emoji, take two cells of a terminal. https://www.unicode.org/reports/tr11/ */
const wide =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303E\uFF01-\uFF60\uFFE0-\uFFE6]/u;

/** Cells of a terminal that a harmless text takes. */
export function width(text: string): number {
  // Nearly every text is of ASCII: then it is as wide as it is long.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return characters(text).reduce((sum, character) => sum + (wide.test(character) ? 2 : 1), 0);
}

/** A harmless text in at most so many cells; where it was longer it ends in `…`. */
export function shortened(text: string, room: number): string {
  if (width(text) <= room) return text;
  let kept = '';
  for (const character of characters(text)) {
    if (width(kept + character) > room - 1) break;
    kept += character;
  }
  return room < 1 ? '' : `${kept}…`;
}
