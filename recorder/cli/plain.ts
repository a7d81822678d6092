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
export function characters(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
