import { viewOf } from './sameBytes.ts';

/**
 * What lies between the values of a target's bodies, in two parts, each of which is kept once:
 *
 *     head                                                           tail
 *     ⏎# TYPE kubemon_container_pids gauge⏎kubemon_container_pids{   container_id="0123456789ab"}␣
 *
 * The series of a metric have one head (the first another, with the comments), those of a thing one tail: of the
 * 300 KB between the values of a machine 40 KB are left. Many targets then need little memory, and what a body is
 * compared with stays in the processor's cache.
 */
export interface Gaps {
  /** Of all parts, until one is added. */
  readonly view: () => DataView;
  /** In bytes. */
  readonly size: () => number;
  /**
   * Keeps the bytes of the body from `start` to before `end`, unless they are at the guess, or the same body has added
   * them already. What earlier bodies had is not looked through: who tidies up finds what is there twice.
   * @returns where they are; below 0: they are too many to be kept
   */
  add(body: Buffer, start: number, end: number, guess?: number): number;
  /** To be called when a body of so many samples has been read. @param kept what was added behind it is left out */
  settle(kept: number, samples: number): void;
  /** Whether at least half of it may be of series that the last body, of so many samples, does not have. */
  isWasteful(samples: number): boolean;
}

/** Bytes: comments and a series; what is longer takes too long to be compared at once. */
export const longestPart = 1 << 16;
/** A longer one is seldom there twice, and V8 finds long strings by their length only. */
const longestFound = 1 << 12;
/** So much more memory than is needed is taken each time, and kept at most. */
const spare = 1.25;
const mostSpare = 2;

export function createGaps(): Gaps {
  let bytes: Buffer = Buffer.alloc(0);
  let view = viewOf(bytes);
  let size = 0;
  /** Of the first body, which has all of it, … */
  let firstSize = 0;
  let firstSamples = 0;
  /** … and of the largest since. */
  let mostSamples = 0;
  /** Where the parts are that were added since the last body, by their bytes. */
  const places = new Map<string, number>();

  function move(length: number): void {
    const moved = Buffer.allocUnsafeSlow(length);
    bytes.copy(moved);
    bytes = moved;
    view = viewOf(bytes);
  }

  function append(body: Buffer, start: number, end: number): number {
    const place = size;
    size += end - start;
    if (size > bytes.length) move(Math.ceil(size * spare));
    body.copy(bytes, place, start, end);
    return place;
  }

  return {
    view: () => view,
    size: () => size,
    add(body, start, end, guess = 0) {
      const length = end - start;
      if (length === 0) return 0;
      if (length > longestPart) return -1;
      const isThere =
        guess >= 0 && guess + length <= size && body.compare(bytes, guess, guess + length, start, end) === 0;
      if (isThere) return guess;
      if (length > longestFound) return append(body, start, end);
      const text = body.toString('latin1', start, end);
      let place = places.get(text);
      if (place === undefined) places.set(text, (place = append(body, start, end)));
      return place;
    },
    settle(kept, samples) {
      places.clear();
      size = kept;
      const isFirst = firstSize === 0;
      if (isFirst) [firstSize, firstSamples] = [size, samples];
      mostSamples = Math.max(mostSamples, samples);
      // Most targets never have any others.
      if (isFirst || bytes.length > mostSpare * size) move(size);
    },
    isWasteful: (samples) =>
      size > 2 * firstSize * Math.max(1, samples / firstSamples) || mostSamples > 2 * samples,
  };
}
