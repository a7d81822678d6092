/**
 * A body that is not an exposition, or one with more samples or a longer line than allowed. The message is
 * one line, which counts lines from 1: `invalid: line 12: the value "abc" is not a number`,
 * `too_many: line 3: ...`.
 */
export class ExpositionError extends Error {
  override readonly name = 'ExpositionError';

  constructor(line: number, what: string, word: 'invalid' | 'too_many' | 'too_large' = 'invalid') {
    super(`${word}: line ${line}: ${what}`);
  }
}

/** A piece of the body for a message: quoted, in one line, not too long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
