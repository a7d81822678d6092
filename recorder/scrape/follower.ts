import type { Collected } from './collected.ts';
import type { Layout } from './layout.ts';
import { isNumber, longWhole } from './number.ts';
import { digitsAt, isNoLess } from './digits.ts';
import {
  columnField,
  digitsField,
  headField,
  headLengthField,
  lengthField,
  linesField,
  type Notes,
  rowField,
  seriesFields,
  sizeFields,
  tailField,
  tailLengthField,
} from './notes.ts';
import { sameBytes } from './sameBytes.ts';
import type { SampleLine } from './sampleLines.ts';

/** Behind the last value that was read. */
export interface Position {
  at: number;
  /** From 1. */
  line: number;
  samples: number;
}

export interface Limits {
  /** Of the body. */
  readonly maxSamples: number;
  /** From here on. */
  readonly maxBytes: number;
}

/** A value, beside that of the same series in the last body. One object for all of a body: they are millions. */
export interface FollowedValue {
  /** Where it lies in the body. */
  start: number;
  length: number;
  /** Then isRise and isShortWhole are left from an earlier value: they say nothing. */
  isSame: boolean;
  /** It is no less; false also where that is not clear at first sight. */
  isRise: boolean;
  /** It is nothing but digits, and so few that any column of whole numbers holds them. */
  isShortWhole: boolean;
  /** See digitsField. */
  digits: number;
}

/**
 * Follows a body along the last one of the same target: this is where nearly all samples pass.
 *
 *     gap                                                   value gap
 *     # TYPE kubemon_container_pids gauge⏎kubemon_container_pids{container_id="0123456789ab"} 12 ⏎kubemon_cont…
 *
 * Where a gap has the same bytes as in the last body, the sample is of the same series, and its text was
 * found right then: nothing but the value is left to read, and of one with the same bytes not even that.
 * No value becomes a string: where its bytes lie is noted, and they are copied into the text of their row.
 */
export function createFollower(last: Layout, body: Buffer, view: DataView) {
  const { gaps, values, series, sizes } = last;
  /** The sample of the last body that is expected, and where its value lies there. */
  let next = 0;
  let nextAt = 0;
  let misses = 0;
  const value: FollowedValue = {
    start: 0,
    length: 0,
    isSame: true,
    isRise: true,
    isShortWhole: false,
    digits: 0,
  };

  /** Reads samples as long as they are those that are expected. */
  function follow(position: Position, limits: Limits, collected: Collected, notes: Notes): void {
    const known = gaps.view();
    const first = next;
    const end = Math.min(last.samples, next + limits.maxSamples - position.samples);
    const enough = position.at + limits.maxBytes;
    let { at, line } = position;
    for (; next < end && at < enough; next++) {
      const index = next * seriesFields;
      const head = series[index + headField] ?? -1;
      const tail = series[index + tailField] ?? -1;
      // Before the first sample there is no value that ends: behind one its gap may be the rest of another line.
      if (head < 0 || tail < 0 || (next === 0 && at > 0)) break;
      const headLength = series[index + headLengthField] ?? 0;
      if (!sameBytes(known, head, view, at, headLength)) break;
      const tailLength = series[index + tailLengthField] ?? 0;
      if (!sameBytes(known, tail, view, at + headLength, tailLength)) break;
      const size = next * sizeFields;
      const lastLength = sizes[size + lengthField] ?? 0;
      const start = at + headLength + tailLength;
      if (!readValue(start, nextAt, lastLength, sizes[size + digitsField] ?? 0)) break;
      const row = collected.again(series[index + rowField] ?? 0, series[index + columnField] ?? 0, value);
      if (row === undefined) break;
      notes.again(next, row, value.length, value.digits);
      at = start + value.length;
      line += series[index + linesField] ?? 0;
      nextAt += lastLength;
    }
    const count = next - first;
    if (count > 0) misses = 0;
    position.at = at;
    position.line = line;
    position.samples += count;
  }

  /** @returns false: it is no number, or one that ends beyond what is looked at. */
  function readValue(start: number, lastStart: number, lastLength: number, lastDigits: number): boolean {
    value.start = start;
    value.isSame =
      sameBytes(values, lastStart, view, start, lastLength) && endsValue(body[start + lastLength]);
    if (value.isSame) {
      value.length = lastLength;
      value.digits = lastDigits;
      return true;
    }
    const digits = digitsAt(view, start);
    const decimals = body[start + digits] === point ? digitsAt(view, start + digits + 1) : 0;
    const length = decimals === 0 ? digits : digits + 1 + decimals;
    const isPlain = digits > 0 && endsValue(body[start + length]);
    if (!isPlain) return readOther(start);
    value.length = length;
    value.isShortWhole = length === digits && digits < longWhole;
    // With needless zeros it is not the longer one that is larger.
    value.digits = digits > 1 && body[start] === zero ? 0 : digits;
    value.isRise =
      value.digits === lastDigits
        ? lastDigits > 0 && isNoLess(values, lastStart, lastLength, view, start, length)
        : lastDigits > 0 && value.digits > lastDigits;
    return true;
  }

  /** With a sign, an exponent, or a word: rare, and read as text. */
  function readOther(start: number): boolean {
    value.length = lengthOfValue(body, start);
    value.isShortWhole = false;
    value.digits = 0;
    value.isRise = false;
    return isNumber(body.toString('latin1', start, start + value.length));
  }

  /** After a sample that was not expected: where it is found a little later, those between are gone. */
  function meet({ start, valueStart }: SampleLine): void {
    let valueAt = nextAt;
    const end = Math.min(last.samples, next + lookAhead(misses++));
    for (let sample = next; sample < end; sample++) {
      const behind = valueAt + (sizes[sample * sizeFields + lengthField] ?? 0);
      if (isOf(sample, start, valueStart)) {
        next = sample + 1;
        nextAt = behind;
        misses = 0;
        return;
      }
      valueAt = behind;
    }
  }

  /** Whether the gap of a sample ends with the series that begins there, up to before its value. */
  function isOf(sample: number, start: number, valueStart: number): boolean {
    const known = gaps.view();
    const index = sample * seriesFields;
    const head = series[index + headField] ?? -1;
    const tail = series[index + tailField] ?? -1;
    const headLength = series[index + headLengthField] ?? 0;
    const tailLength = series[index + tailLengthField] ?? 0;
    const nameLength = valueStart - start - tailLength;
    if (head < 0 || tail < 0 || nameLength <= 0 || nameLength > headLength) return false;
    const name = head + headLength - nameLength;
    return (
      sameBytes(known, name, view, start, nameLength) &&
      sameBytes(known, tail, view, start + nameLength, tailLength) &&
      (name === head || known.getUint8(name - 1) <= blank)
    );
  }

  return { follow, meet };
}

const zero = 0x30;
const point = 0x2e;
const blank = 0x20;

/** Most changes are small; far ahead it is looked now and then only, for the sake of those who change all. */
function lookAhead(misses: number): number {
  if (misses % 64 === 63) return 4096;
  return misses < 64 ? 64 : 0;
}

function endsValue(byte: number | undefined): boolean {
  return byte !== undefined && byte <= 0x20;
}

/** Numbers are shorter; 0 where none ends before. */
const maxValueLength = 64;

function lengthOfValue(body: Buffer, start: number): number {
  for (let length = 0; length < maxValueLength; length++) {
    const byte = body[start + length];
    if (byte === undefined) return 0;
    if (byte <= 0x20) return length;
  }
  return 0;
}
