import { isoTime } from '../csv/rows.ts';
import type { ManifestFile } from '../run/manifest.ts';
import { recordOf } from '../verify/cells.ts';
import type { Figures } from '../verify/figures.ts';
import type { ScannedRow } from '../verify/rowScanner.ts';
import { mergeRows, type RowSource } from './mergeRows.ts';
import type { MergedFiles } from './mergedFiles.ts';
import { renameOwn } from './ownRows.ts';
import type { Part } from './part.ts';
import {
  createScraped,
  keysByNode,
  keysByTarget,
  keysOfEvents,
  type RowKey,
  type Scraped,
  targetKeys,
} from './rowKeys.ts';

/** Where the rows of all parts go, and who counts them. */
export interface TickMerge {
  /** Of all parts the same. */
  readonly files: readonly ManifestFile[];
  readonly merged: MergedFiles;
  readonly figures: Pick<Figures, 'scrape' | 'event' | 'mark'>;
}

/**
 * Writes the rows of all parts tick by tick, in the order in which one recorder of all targets would have
 * written them, with one record of the journal a tick. Of each file of each part a piece is held at a time.
 */
export async function mergeTicks(parts: readonly Part[], merge: TickMerge): Promise<void> {
  const { files, merged } = merge;
  const readers = parts.map((part) => createPartRows(part, merge));
  await merged.commit(null);
  for (;;) {
    const tick = parts.reduce((least, part) => Math.min(least, part.tick() ?? Infinity), Infinity);
    if (tick === Infinity) break;
    const due = readers.filter(({ part }) => part.tick() === tick);
    // What answered on the tick tells whose the rows of the tables are.
    for (const { name } of scrapesFirst(files)) {
      const some = isOfMoments(name) ? readers : due;
      await mergeFile(name, some, isoTime(tick), merged);
    }
    await merged.commit(tick);
    for (const { part, scraped } of due) {
      scraped.clear();
      await part.advance();
    }
  }
  for (const { name } of files) await mergeFile(name, readers, undefined, merged);
  await merged.commit();
}

interface PartRows {
  readonly part: Part;
  readonly scraped: Scraped;
  /** @param until rows of a later time come later; absent: none does. */
  source(name: string, until: string | undefined): RowSource;
}

function createPartRows(part: Part, { files, merged, figures }: TickMerge): PartRows {
  const keys = targetKeys(part.manifest.daemons, part.shard);
  const scraped = createScraped(keys);
  const counters: Readonly<Record<string, (row: Readonly<Record<string, string>>) => void>> = {
    'scrapes.csv': (row) => {
      scraped.add(row);
      figures.scrape(row);
    },
    'events.csv': figures.event,
    'marks.csv': figures.mark,
  };
  const rows = new Map(
    files.map((file) => {
      const { name, columns } = file;
      const names = columns.map((column) => column.name);
      const count = counters[name];
      const cellsBefore = { 'scrapes.csv': 1, 'events.csv': 2 }[name];
      const rename = cellsBefore === undefined ? undefined : renameOwn(part.shard, cellsBefore);
      const output = merged.file(name);
      const write = (row: ScannedRow): void => {
        const renamed = rename?.(row) ?? row;
        output.line(renamed.bytes);
        count?.(recordOf(names, renamed) ?? {});
      };
      return [name, { key: keyOf(file, keys, scraped), lastKey: lastKeyOf(file, keys, scraped), write }];
    }),
  );

  return {
    part,
    scraped,
    source(name, until) {
      const { key: keyNow, lastKey, write } = rows.get(name) ?? nothing;
      const key = until === undefined ? lastKey : keyNow;
      const file = part.file(name);
      const isLater =
        until === undefined || !isOfMoments(name)
          ? () => false
          : ({ bytes }: ScannedRow) => bytes.toString('latin1', 0, until.length) > until;
      return { file, end: part.end(name), key: (row) => (isLater(row) ? undefined : key(row)), write };
    },
  };
}

const nothing = { key: () => '', lastKey: () => '', write: () => undefined };

function keyOf(file: ManifestFile, keys: ReturnType<typeof targetKeys>, scraped: Scraped): RowKey {
  switch (file.name) {
    case 'scrapes.csv':
    case 'samples.csv':
      return keysByTarget(file, keys);
    case 'containers.csv':
      return keysByNode(file, keys.byNode);
    case 'events.csv':
      return keysOfEvents(file, keys);
    case 'marks.csv':
      return ({ bytes }) => bytes.toString();
    default:
      return scraped.key;
  }
}

/** Of what is written when the run ends. */
function lastKeyOf(file: ManifestFile, keys: ReturnType<typeof targetKeys>, scraped: Scraped): RowKey {
  return file.name === 'containers.csv'
    ? keysByNode(file, scraped.byFirstAnswer)
    : keyOf(file, keys, scraped);
}

/** They tell their moment, and may have been written with a later tick. */
function isOfMoments(name: string): boolean {
  return name === 'events.csv' || name === 'marks.csv';
}

function scrapesFirst(files: readonly ManifestFile[]): readonly ManifestFile[] {
  return files.toSorted((a, b) => Number(b.name === 'scrapes.csv') - Number(a.name === 'scrapes.csv'));
}

async function mergeFile(
  name: string,
  readers: readonly PartRows[],
  until: string | undefined,
  merged: MergedFiles,
): Promise<void> {
  const { flush } = merged.file(name);
  const sources = readers.map((reader) => reader.source(name, until));
  // Whoever marks the run in several shards at one moment means one mark.
  await mergeRows(sources, { flush, isDistinct: name === 'marks.csv' });
}
