import type { OtherSample, Row } from './answer.ts';
import type { Place, Thing } from './place.ts';
import { viewOf } from './sameBytes.ts';
import { giveBack, lengthened, takeNumbers } from './spareNumbers.ts';

/** A body that was read, and where its samples went: what the next one of the same target is compared with. */
export interface Layout {
  readonly view: DataView;
  readonly samples: number;
  /** For each sample `fields` numbers, at these offsets. */
  readonly numbers: Int32Array;
  readonly rows: readonly KnownRow[];
  /** By Thing.id. */
  readonly rowOf: (id: string) => KnownRow | undefined;
  readonly loose: readonly Loose[];
  /** See Answer. */
  readonly population: object;
}

/** Bytes from behind the value before up to this one, comments included; length of the value. */
export const gapField = 0;
export const lengthField = 1;
/** Line feeds in the gap. */
export const linesField = 2;
/** Index in `rows`, and the column there; below 0: -1 - the index in `loose`. */
export const rowField = 3;
export const columnField = 4;
/** Digits of the value before its point; 0: not known, so that any change counts as a possible fall. */
export const digitsField = 5;
export const fields = 6;

export interface KnownRow {
  readonly thing: Thing;
  readonly row: Row;
  /** Values that are there. */
  readonly cells: number;
}

/** A sample that is in no row. */
export interface Loose {
  readonly place: Place;
  readonly value: string;
  readonly sample?: OtherSample;
}

export const noLayout: Layout = {
  view: viewOf(Buffer.alloc(0)),
  samples: 0,
  numbers: new Int32Array(0),
  rows: [],
  rowOf: () => undefined,
  loose: [],
  population: {},
};

/** The numbers of a layout that is being made. */
export interface Numbers {
  add(gap: number, length: number, lines: number, row: number, column: number, digits: number): void;
  /** To be called once: nothing is added any more. */
  readonly all: () => Int32Array;
}

/** @param expected samples */
export function createNumbers(expected: number): Numbers {
  let numbers = takeNumbers((expected + 16) * fields);
  let end = 0;
  return {
    add(gap, length, lines, row, column, digits) {
      if (end + fields > numbers.length) numbers = lengthened(numbers);
      numbers[end + gapField] = gap;
      numbers[end + lengthField] = length;
      numbers[end + linesField] = lines;
      numbers[end + rowField] = row;
      numbers[end + columnField] = column;
      numbers[end + digitsField] = digits;
      end += fields;
    },
    all() {
      if (numbers.length <= 2 * end) return numbers;
      // What is too much would stay for as long as the target does.
      const few = numbers.slice(0, end);
      giveBack(numbers);
      return few;
    },
  };
}
