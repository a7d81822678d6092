import { createSpareNumbers, lengthened } from './spareNumbers.ts';

/** Where the values of rows that are being collected lie in the body. */
export interface Cells {
  /** Makes room for a row of so many columns. @returns the row's place, for the other calls */
  begin(columns: number): number;
  has(place: number, column: number): boolean;
  put(place: number, column: number, start: number, length: number): void;
  /** See Row.text. */
  text(place: number, columns: number): string;
  /** Nothing else is asked for any more. */
  release(): void;
}

/** Start and length of a value; a length of 0: it is absent. */
const numbersPerCell = 2;
const comma = 0x2c;
/** Bytes. Of shorter ones the call would cost more than the copying. */
const longValue = 64;

const spareCells = createSpareNumbers();

/** @param expected columns of all rows together */
export function createCells(body: Buffer, expected: number): Cells {
  let cells = spareCells.take(expected * numbersPerCell);
  let end = 0;
  return {
    begin(columns) {
      const place = end;
      end += columns * numbersPerCell;
      while (end > cells.length) cells = lengthened(cells);
      cells.fill(0, place, end);
      return place;
    },
    has: (place, column) => cells[place + column * numbersPerCell + 1] !== 0,
    put(place, column, start, length) {
      cells[place + column * numbersPerCell] = start;
      cells[place + column * numbersPerCell + 1] = length;
    },
    text(place, columns) {
      let length = 0;
      for (let column = 0; column < columns; column++) {
        const at = place + column * numbersPerCell;
        const start = cells[at] ?? 0;
        const stop = start + (cells[at + 1] ?? 0);
        const needed = length + stop - start + 1;
        if (needed > line.length) line = Buffer.concat([line], needed * 2);
        if (column > 0) line[length++] = comma;
        if (stop - start > longValue) length += body.copy(line, length, start, stop);
        else for (let byte = start; byte < stop; byte++) line[length++] = body[byte] ?? 0;
      }
      return line.toString('latin1', 0, length);
    },
    release() {
      spareCells.giveBack(cells);
    },
  };
}

/** Where a row is put together. */
let line = Buffer.alloc(4096);
