import type { OtherSample, Row } from './answer.ts';
import { createGaps, type Gaps } from './gaps.ts';
import type { Place, Thing } from './place.ts';
import { viewOf } from './sameBytes.ts';

/** What is kept of a body: its gaps, values, and where its samples went. The next one of the target is compared with it. */
export interface Layout {
  readonly gaps: Gaps;
  /** One behind the other. */
  readonly values: DataView;
  readonly samples: number;
  /** For each sample as many numbers as it has fields: see notes.ts. */
  readonly series: Int32Array;
  readonly sizes: Int32Array;
  readonly rows: readonly KnownRow[];
  /** By idOf. */
  readonly rowOf: (id: string) => KnownRow | undefined;
  readonly loose: readonly Loose[];
  /** See Answer. */
  readonly population: object;
}

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

const noNumbers = new Int32Array(0);

/** Of a target that has not told anything. */
export function emptyLayout(): Layout {
  return {
    gaps: createGaps(),
    values: viewOf(Buffer.alloc(0)),
    samples: 0,
    series: noNumbers,
    sizes: noNumbers,
    rows: [],
    rowOf: () => undefined,
    loose: [],
    population: {},
  };
}
