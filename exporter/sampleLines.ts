import type { GrowingText } from './growingText.ts';
import type { Value } from './parse/reading.ts';
import type { RowChanges } from './rowChanges.ts';
import type { Row } from './snapshot.ts';

/** What of a metric's lines is the same for all rows. */
export interface LineParts {
  readonly name: string;
  /** `mode="user"`, or empty. */
  readonly mode: string;
  /** Where a row has the value: kernel file and field. */
  readonly file: string;
  readonly field: string;
  readonly format: (value: Value) => string;
}

/**
 * The lines of one metric, one for each row that has it.
 * @param isRead whether somebody may still read what was given before, so that it must stay as it is.
 */
export type SampleLines = (rows: readonly Row[], changes: RowChanges, isRead: boolean) => Buffer;

const space = 0x20;

/**
 * This is the hot path: some twenty lines for every process, of which most say what they said before, and of
 * the others most get a value of as many digits. That is written over the old one. Only when a line becomes
 * longer or shorter, comes or goes, the lines are put together anew: of what they were, copied, all that lie
 * together at once, and of new values.
 * @param text where they are put together, shared with others
 */
export function createSampleLines(parts: LineParts, text: GrowingText): SampleLines {
  const { file, field, format } = parts;
  let memory: Buffer = Buffer.alloc(0);
  /** Those of the memory that the lines take. */
  let bytes = memory;
  let values: (Value | undefined)[] = [];
  /** Where the line of each row ends; that of one without a value is empty. */
  let ends = new Uint32Array();

  /** Brings the values up to date. @returns the places of those that have changed. */
  function renew(rows: readonly Row[], { changed, origins }: RowChanges): readonly number[] {
    const last = values;
    if (origins !== undefined) values = origins.map((origin) => last[origin]);
    return changed(file).filter((at) => {
      const value = rows[at]?.readings[file]?.[field];
      const isSame = value === values[at];
      values[at] = value;
      return !isSame;
    });
  }

  /** @returns the places of lines that become longer or shorter. */
  function overwrite(renewed: readonly number[]): readonly number[] {
    return renewed.filter((at) => {
      const [start, end] = [ends[at - 1] ?? 0, ends[at] ?? 0];
      const value = values[at];
      return start === end || value === undefined || !writeOver(bytes, end, format(value));
    });
  }

  function putTogether(
    rows: readonly Row[],
    reshaped: readonly number[],
    origins: RowChanges['origins'],
  ): Buffer {
    const nextEnds = new Uint32Array(rows.length);
    let made = 0;
    text.begin();
    for (const [at, row] of rows.entries()) {
      const origin = origins?.[at] ?? at;
      const [start, end] = [ends[origin - 1] ?? 0, ends[origin] ?? 0];
      if (reshaped[made] === at) {
        made += 1;
        const value = values[at];
        if (value !== undefined) {
          if (start === end) text.write(beginningOf(parts, row));
          else text.copy(bytes, start, valueStart(bytes, end));
          text.write(`${format(value)}\n`);
        }
      } else {
        text.copy(bytes, start, end);
      }
      nextEnds[at] = text.length;
    }
    ends = nextEnds;
    return text.end();
  }

  // Memory is used again: V8 is slow to clear away what was new at one scrape and is garbage at the next.
  function keep(lines: Buffer, isRead: boolean): void {
    const { length } = lines;
    if (isRead || memory.length < length || memory.length > 2 * length) {
      memory = Buffer.allocUnsafeSlow(length + Math.ceil(length / 16));
    }
    lines.copy(memory);
    bytes = memory.subarray(0, length);
  }

  return (rows, changes, isRead) => {
    const { origins } = changes;
    const renewed = renew(rows, changes);
    if (renewed.length === 0 && origins === undefined) return bytes;
    if (origins !== undefined) {
      keep(putTogether(rows, renewed, origins), isRead);
      return bytes;
    }
    if (isRead) keep(bytes, isRead);
    const reshaped = overwrite(renewed);
    if (reshaped.length > 0) keep(putTogether(rows, reshaped, origins), false);
    return bytes;
  };
}

function beginningOf({ name, mode }: LineParts, { labels }: Row): string {
  const inside = mode === '' ? labels.text : mode;
  return inside === '' ? `${name} ` : `${name}{${inside}} `;
}

/** Where the value begins of the line that ends at `end`: there is no space in it. */
function valueStart(bytes: Buffer, end: number): number {
  let start = end - 1;
  while (bytes[start - 1] !== space) start -= 1;
  return start;
}

/** Writes a value over that of the line that ends at `end`. @returns whether it is as long. */
function writeOver(bytes: Buffer, end: number, value: string): boolean {
  const start = valueStart(bytes, end);
  if (start + value.length !== end - 1) return false;
  for (let index = 0; index < value.length; index++) bytes[start + index] = value.charCodeAt(index);
  return true;
}
