import { recorderTarget } from '../run/scrapeRecord.ts';
import { recorderOfShard } from '../shards/recorderTargets.ts';
import type { ScannedRow } from '../verify/rowScanner.ts';

/**
 * Gives rows that a recorder wrote of itself the name of its shard. In scrapes.csv and events.csv they have an
 * empty `node` and the target `recorder`, which no other target has.
 */
export function renameOwn(shard: number, cellsBefore: number): (row: ScannedRow) => ScannedRow {
  const from = Buffer.from(`,,${recorderTarget},`);
  const to = Buffer.from(`,,${recorderOfShard(shard)},`);
  return (row) => {
    let at = -1;
    // The cells before these are a time and a kind: they are never quoted.
    for (let cell = 0; cell < cellsBefore; cell++) at = row.bytes.indexOf(',', at + 1);
    if (at === -1 || row.bytes.compare(from, 0, from.length, at, at + from.length) !== 0) return row;
    const bytes = Buffer.concat([row.bytes.subarray(0, at), to, row.bytes.subarray(at + from.length)]);
    return { ...row, bytes };
  };
}
