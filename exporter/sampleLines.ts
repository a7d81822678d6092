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

/** The lines of one metric, one for each row that has it. What it gave before stays as it is. */
export type SampleLines = (rows: readonly Row[], changes: RowChanges) => Buffer;

/**
 * This is the hot path: some twenty lines for every process, of which most say what they said before. Only a
 * line whose value has changed is made anew; the others are copied, all that lie together at once.
 * @param text where they are put together, shared with others
 */
export function createSampleLines(parts: LineParts, text: GrowingText): SampleLines {
  const { file, field } = parts;
  let bytes: Buffer = Buffer.alloc(0);
  let values: (Value | undefined)[] = [];
  /** Where the line of each row ends; that of one without a value is empty. */
  let ends = new Uint32Array();

  return (rows, { changed, origins }) => {
    const last = values;
    if (origins !== undefined) values = origins.map((origin) => last[origin]);
    const renewed = changed.filter((at) => {
      const value = rows[at]?.readings[file]?.[field];
      const isSame = value === values[at];
      values[at] = value;
      return !isSame;
    });
    if (renewed.length === 0 && origins === undefined) return bytes;

    const nextEnds = new Uint32Array(rows.length);
    let made = 0;
    text.begin();
    for (const [at, row] of rows.entries()) {
      if (renewed[made] === at) {
        made += 1;
        text.write(lineOf(parts, row, values[at]));
      } else {
        const origin = origins?.[at] ?? at;
        if (origin >= 0) text.copy(bytes, ends[origin - 1] ?? 0, ends[origin] ?? 0);
      }
      nextEnds[at] = text.length;
    }
    ends = nextEnds;
    bytes = text.end();
    return bytes;
  };
}

function lineOf({ name, mode, format }: LineParts, { labels }: Row, value: Value | undefined): string {
  if (value === undefined) return '';
  const inside = mode === '' ? labels.text : mode;
  return inside === '' ? `${name} ${format(value)}\n` : `${name}{${inside}} ${format(value)}\n`;
}
