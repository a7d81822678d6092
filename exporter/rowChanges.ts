import type { Labels, Row } from './snapshot.ts';

/** What has become of the rows of a table since the last time. */
export interface RowChanges {
  /** The places of rows that are new, or for which another reading of this kernel file is there. */
  changed(file: string): readonly number[];
  /** For each row the place that it had, -1 for a new one; undefined when all are where they were. */
  readonly origins: readonly number[] | undefined;
}

/**
 * Follows the rows of a table: a row or a reading that is the same object says the same, and a thing has the
 * same labels.
 */
export function createRowChanges(): (rows: readonly Row[]) => RowChanges {
  let last: readonly Row[] = [];
  return (rows) => {
    const stayed = rows.length === last.length && rows.every((row, at) => row.labels === last[at]?.labels);
    const origins = stayed ? undefined : originsOf(rows, last);
    const before = last;
    last = rows;
    const changed: number[] = [];
    for (const [at, row] of rows.entries()) if (row !== before[origins?.[at] ?? at]) changed.push(at);
    const byFile = new Map<string, readonly number[]>();

    function changedIn(file: string): readonly number[] {
      return changed.filter((at) => {
        const origin = before[origins?.[at] ?? at];
        return origin === undefined || rows[at]?.readings[file] !== origin.readings[file];
      });
    }

    return {
      changed: (file) => {
        const known = byFile.get(file) ?? changedIn(file);
        byFile.set(file, known);
        return known;
      },
      origins,
    };
  };
}

function originsOf(rows: readonly Row[], last: readonly Row[]): readonly number[] {
  const places = new Map<Labels, number>(last.map(({ labels }, at) => [labels, at]));
  return rows.map(({ labels }) => places.get(labels) ?? -1);
}
