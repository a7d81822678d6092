/** Bytes of a file, the end not included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** How large a file is. */
export interface Extent {
  readonly bytes: number;
  readonly rows: number;
  /** Of the run. */
  readonly ticks: number;
}

/** More points than these tell nothing on a screen, and each is a request. */
const maxParts = 100;
/**
 * A part of so many ticks, and two rows, has a whole one in it and the first row of the next, wherever it
 * begins: though ticks are not all alike.
 */
const ticksAPart = 2.2;
const rowsAPart = 2;

/**
 * What is read of a file for an overview: all of it, or parts of it that lie evenly, with a whole tick each.
 * @param budget bytes in all. @returns undefined: two ticks are more than that.
 */
export function overviewRanges(extent: Extent, budget: number): readonly ByteRange[] | undefined {
  const { bytes } = extent;
  if (bytes <= budget) return [{ start: 0, end: bytes }];
  const length = partLength(extent);
  const parts = Math.min(maxParts, Math.floor(budget / length));
  if (parts < 2) return undefined;
  return Array.from({ length: parts }, (_, part) => {
    const start = Math.floor(((bytes - length) * part) / (parts - 1));
    return { start, end: start + length };
  });
}

/** Where the last ticks begin, as many as the budget allows and no more than so many. */
export function tailStart({ bytes, ticks }: Omit<Extent, 'rows'>, budget: number, maxTicks: number): number {
  const length = Math.min(budget, (bytes / Math.max(1, ticks)) * maxTicks);
  return Math.max(0, Math.floor(bytes - length));
}

function partLength({ bytes, rows, ticks }: Extent): number {
  return Math.ceil((bytes / Math.max(1, ticks)) * ticksAPart + (bytes / Math.max(1, rows)) * rowsAPart);
}
