import type { Collected } from './collected.ts';
import {
  columnField,
  fields,
  gapField,
  type Layout,
  lengthField,
  linesField,
  type Numbers,
  rowField,
} from './layout.ts';
import { isNumber } from './number.ts';
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

/**
 * Follows a body along the last one of the same target: this is where nearly all samples pass.
 *
 *     gap                                                   value gap
 *     # TYPE kubemon_container_pids gauge⏎kubemon_container_pids{container_id="0123456789ab"} 12 ⏎kubemon_cont…
 *
 * Where a gap has the same bytes as in the last body, the sample is of the same series, and its text was
 * found right then: nothing but the value is left to read, and of one with the same bytes not even that.
 */
export function createFollower(last: Layout, body: Buffer, view: DataView) {
  /** The sample of the last body that is expected, and where the gap before it begins. */
  let next = 0;
  let nextAt = 0;
  let misses = 0;

  /** Reads samples as long as they are those that are expected. */
  function follow(position: Position, limits: Limits, collected: Collected, numbers: Numbers): void {
    const { view: lastView, numbers: known } = last;
    const first = next;
    const end = Math.min(last.samples, next + limits.maxSamples - position.samples);
    const enough = position.at + limits.maxBytes;
    let { at, line } = position;
    for (; next < end && at < enough; next++) {
      const index = next * fields;
      const gap = known[index + gapField] ?? 0;
      // Who reads line by line makes pauses in it.
      if (gap > longestGap) break;
      if (!sameBytes(lastView, nextAt, view, at, gap)) break;
      const lastLength = known[index + lengthField] ?? 0;
      const start = at + gap;
      let length = lastLength;
      let value: string | undefined;
      if (!sameBytes(lastView, nextAt + gap, view, start, length) || !endsValue(body[start + length])) {
        length = lengthOfValue(body, start);
        value = body.toString('latin1', start, start + length);
        if (!isNumber(value)) break;
      }
      const column = known[index + columnField] ?? 0;
      const row = collected.again(known[index + rowField] ?? 0, column, value);
      if (row === undefined) break;
      const lines = known[index + linesField] ?? 0;
      numbers.add(gap, length, lines, row, column);
      at = start + length;
      line += lines;
      nextAt += gap + lastLength;
    }
    const count = next - first;
    if (count > 0) misses = 0;
    position.at = at;
    position.line = line;
    position.samples += count;
  }

  /** After a sample that was not expected: where it is found a little later, those between are gone. */
  function meet({ start, valueStart }: SampleLine): void {
    const length = valueStart - start;
    let begin = nextAt;
    const end = Math.min(last.samples, next + lookAhead(misses++));
    for (let sample = next; sample < end; sample++) {
      const gap = last.numbers[sample * fields + gapField] ?? 0;
      const behind = begin + gap + (last.numbers[sample * fields + lengthField] ?? 0);
      if (isSeriesAt(begin, gap, start, length)) {
        next = sample + 1;
        nextAt = behind;
        misses = 0;
        return;
      }
      begin = behind;
    }
  }

  function isSeriesAt(begin: number, gap: number, start: number, length: number): boolean {
    const from = begin + gap - length;
    if (from < begin || !sameBytes(last.view, from, view, start, length)) return false;
    return from === 0 || last.view.getUint8(from - 1) <= 0x20;
  }

  return { follow, meet };
}

/** Bytes: comments and a series; what is longer takes too long to be compared at once. */
const longestGap = 1 << 17;

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
