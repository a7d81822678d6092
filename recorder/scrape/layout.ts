import type { OtherSample, Row } from './answer.ts';
import type { Place, Thing } from './place.ts';
import { viewOf } from './sameBytes.ts';

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
}

/** Bytes from behind the value before up to this one, comments included; length of the value. */
export const gapField = 0;
export const lengthField = 1;
/** Line feeds in the gap. */
export const linesField = 2;
/** Index in `rows`, and the column there; below 0: -1 - the index in `loose`. */
export const rowField = 3;
export const columnField = 4;
export const fields = 5;

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
};

/** The numbers of a layout that is being made. */
export interface Numbers {
  add(gap: number, length: number, lines: number, row: number, column: number): void;
  readonly all: () => Int32Array;
}

/** @param used memory that nobody looks at any more */
export function createNumbers(expected: number, used?: Int32Array): Numbers {
  const least = (expected + 16) * fields;
  let numbers = used !== undefined && used.length >= least ? used : new Int32Array(least);
  let end = 0;
  return {
    add(gap, length, lines, row, column) {
      if (end === numbers.length) {
        const longer = new Int32Array(end * 2);
        longer.set(numbers);
        numbers = longer;
      }
      numbers[end + gapField] = gap;
      numbers[end + lengthField] = length;
      numbers[end + linesField] = lines;
      numbers[end + rowField] = row;
      numbers[end + columnField] = column;
      end += fields;
    },
    // What was too much would stay for as long as the target does.
    all: () => (numbers.length > 2 * end ? numbers.slice(0, end) : numbers),
  };
}
