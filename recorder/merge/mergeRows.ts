import type { ScannedRow } from '../verify/rowScanner.ts';
import type { PartFile } from './partFile.ts';

/** Rows of one file of a part, up to that byte. */
export interface RowSource {
  readonly file: PartFile;
  readonly end: number;
  /** What its rows are sorted by; those of a part stay in their order. Undefined: this row comes later. */
  readonly key: (row: ScannedRow) => string | undefined;
  readonly write: (row: ScannedRow) => void;
}

export interface MergeOptions {
  /** Called now and then: what was written is to be made room for. */
  readonly flush: () => Promise<void>;
  /** A row that several sources have at once is written once. */
  readonly isDistinct?: boolean;
}

/** K-way merge: always the row with the least key, of equal keys that of the first source. */
export async function mergeRows(
  sources: readonly RowSource[],
  { flush, isDistinct = false }: MergeOptions,
): Promise<void> {
  const heads: Head[] = [];
  for (const source of sources) {
    const head = await nextOf(source);
    if (head !== undefined) heads.push(head);
  }
  for (;;) {
    const [first, ...rest] = heads;
    if (first === undefined) return;
    const least = rest.reduce((a, b) => (b.key < a.key ? b : a), first);
    const { source, key, row } = least;
    source.write(row);
    const same = isDistinct ? heads.filter((head) => head.row.bytes.equals(row.bytes)) : [least];
    for (const head of same) head.source.file.shift();
    // Most rows are followed by others of their part with the same key.
    if (!isDistinct) runOn(source, key);
    await flush();
    for (const head of same) {
      const next = await nextOf(head.source);
      if (next === undefined) heads.splice(heads.indexOf(head), 1);
      else heads[heads.indexOf(head)] = next;
    }
  }
}

interface Head {
  readonly source: RowSource;
  readonly row: ScannedRow;
  readonly key: string;
}

async function nextOf(source: RowSource): Promise<Head | undefined> {
  if (!(await source.file.ready(source.end))) return undefined;
  const row = source.file.head();
  const key = row && source.key(row);
  return row === undefined || key === undefined ? undefined : { source, row, key };
}

function runOn({ file, key: keyOf, write }: RowSource, key: string): void {
  for (let row = file.head(); row !== undefined && keyOf(row) === key; row = file.head()) {
    write(row);
    file.shift();
  }
}
