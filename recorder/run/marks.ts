import type { Mark } from '../csv/records.ts';
import { isoTime } from '../csv/rows.ts';
import type { Manifest } from './manifest.ts';

/** More than one a second for eleven days; marks.csv is then some 100 MB. */
const maxMarks = 1_000_000;
const maxCharacters = 64 << 20;

/** run.json is rewritten with each mark that it lists: with so many it is a megabyte. */
const maxListed = 10_000;
const maxListedCharacters = 1 << 20;

/** A run has as many marks as it may have. */
export class TooManyMarksError extends Error {
  override readonly name = 'TooManyMarksError';
}

/** The marks of a run: all are in marks.csv, the first also in run.json and here. */
export interface Marks {
  /** @returns whether it is listed. @throws TooManyMarksError, and the mark is none. */
  add(mark: Mark): boolean;
  /** As in run.json; the same array, which grows. */
  listed(): Manifest['marks'];
  /** Seconds since the epoch. */
  lastTime(): number | undefined;
}

export function createMarks(): Marks {
  const listed: Manifest['marks'][number][] = [];
  let count = 0;
  let characters = 0;
  let lastTime: number | undefined;
  return {
    add: ({ timestamp, label }) => {
      if (count >= maxMarks || characters + label.length > maxCharacters) {
        throw new TooManyMarksError(
          `The run has ${count} marks of ${characters} characters, and may have ${maxMarks} of ${maxCharacters}: ` +
            'start another run to set more.',
        );
      }
      count++;
      characters += label.length;
      lastTime = timestamp;
      // None after one that is not: the list is a beginning.
      const isListed = count === listed.length + 1 && count <= maxListed && characters <= maxListedCharacters;
      if (isListed) listed.push({ timestamp: isoTime(timestamp), label });
      return isListed;
    },
    listed: () => listed,
    lastTime: () => lastTime,
  };
}
