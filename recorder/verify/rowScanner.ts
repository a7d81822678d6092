/** A row of a CSV file, or what stands in its place. */
export interface ScannedRow {
  /** Without its line end. */
  readonly bytes: Buffer;
  readonly cells: number;
  readonly isQuoted: boolean;
  /** Its first line, from 1. */
  readonly line: number;
  /** Where it begins in the file. */
  readonly byte: number;
  /** Why it is no row by RFC 4180: words for after "the row". */
  readonly fault: string | undefined;
}

export interface RowScanner {
  /** The next bytes of the file; the buffer may be used again afterwards. */
  push(data: Buffer): void;
  /** False: what was pushed ends within a row. */
  isBetweenRows(): boolean;
  /** Rows so far, the header included. */
  rows(): number;
}

const comma = 0x2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Where in a cell the scanner is: at its start, in bare or quoted text, or behind a quote in quoted text. */
const start = 0;
const bare = 1;
const quoted = 2;
const closed = 3;

/** Of a longer row only its place is told: without it a file that lost its line ends would fill the memory. */
const longestRow = 16 << 20;

/** Finds the rows of a CSV file by its bytes (RFC 4180, lines end in LF). */
export function createRowScanner(onRow: (row: ScannedRow) => void): RowScanner {
  let rest: Buffer = Buffer.alloc(0);
  let place = start;
  let cells = 1;
  let isQuoted = false;
  let fault: string | undefined;
  let rows = 0;
  let line = 1;
  let rowLine = 1;
  let rowByte = 0;

  function end(bytes: Buffer, length: number): void {
    rows++;
    onRow({ bytes, cells, isQuoted, line: rowLine, byte: rowByte, fault });
    rowByte += length;
    rowLine = line;
    place = start;
    cells = 1;
    isQuoted = false;
    fault = undefined;
  }

  return {
    push(data) {
      const all = rest.length === 0 ? data : Buffer.concat([rest, data]);
      let from = 0;
      for (let index = rest.length; index < all.length; index++) {
        const byte = all[index];
        if (byte === lineFeed) {
          line++;
          if (place === quoted) continue;
          end(all.subarray(from, index), index + 1 - from);
          from = index + 1;
        } else if (place === quoted) {
          if (byte === quote) place = closed;
        } else if (byte === comma) {
          cells++;
          place = start;
        } else if (byte === quote) {
          if (place === bare) fault ??= 'has a quote within a cell that is not quoted';
          else place = quoted;
          isQuoted = true;
        } else {
          if (place === closed) fault ??= 'has text behind a closing quote';
          if (byte === carriageReturn) fault ??= 'has a carriage return outside quotes';
          place = bare;
        }
      }
      rest = Buffer.from(all.subarray(from));
      if (rest.length > longestRow) {
        fault ??= `is longer than ${longestRow} bytes`;
        rowByte += rest.length;
        rest = Buffer.alloc(0);
      }
    },
    isBetweenRows: () => rest.length === 0 && place === start && cells === 1,
    rows: () => rows,
  };
}
