import { ExpositionError, quoted } from './expositionError.ts';

/** In time that is linear in its length: a value may be as long as a line. */
const number = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;
const word = /[in]/i;
/** What nearly all values are: the other checks cost more. */
const plainNumber = /^\d{1,20}(?:\.\d{1,20})?$/;

/** Digits. Whole numbers of fewer, also with a sign, are in any column of whole numbers: these have 64 bits. */
export const longWhole = 19;

/** What Prometheus reads as a number: 1e999, which no float64 holds, is none. */
export function isNumber(value: string): boolean {
  if (plainNumber.test(value)) return true;
  return number.test(value) && (Number.isFinite(Number(value)) || word.test(value));
}

/** @throws ExpositionError */
export function requireNumber(value: string, line: number): void {
  if (!isNumber(value)) throw new ExpositionError(line, `the value ${quoted(value)} is not a number`);
}
