import type { ManifestFile } from '../api.ts';
import { csvRows, firstRow } from './csvRows.ts';
import { type ByteRange, overviewRanges, tailStart } from './ranges.ts';
import { type TableTick, type WholeTicks, wholeTicks } from './wholeTicks.ts';

/** Reads a file of a run for its charts, of a large one parts: never more than the budget at a time. */
export interface TableFeed {
  /** An overview of the whole file: one tick in how many; undefined: it is too large for one. */
  readAll(): Promise<number | undefined>;
  /** What was added up to a tick; at first, and when too much was, the last ticks. Else as above. */
  readOn(until: string): Promise<number | undefined>;
}

/** A part of a file. */
export interface FilePart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of the whole file. */
  readonly total: number;
}

export interface TableFeedOptions {
  readonly file: Pick<ManifestFile, 'bytes' | 'rows'>;
  /** Of the run, so far. */
  readonly ticks: number;
  readonly take: (tick: TableTick) => void;
  /** Reads from `start` to before `end`; undefined: the file ends before. */
  readonly part: (start: number, end: number) => Promise<FilePart | undefined>;
}

const budget = 12 << 20;
/** Charts of a run that is on begin with so many ticks. */
const firstTicks = 300;

export function createTableFeed({ file, ticks, take, part: read }: TableFeedOptions): TableFeed {
  /** Where the next tick begins; undefined: not known yet. */
  let offset: number | undefined;
  let seen = '';

  async function partOf({ start, end }: ByteRange) {
    const part = await read(start, end);
    return {
      total: part?.total ?? start,
      text: part === undefined ? '' : new TextDecoder().decode(part.bytes),
    };
  }

  function takeTick(tick: TableTick): void {
    if (tick.timestamp <= seen) return;
    seen = tick.timestamp;
    take(tick);
  }

  return {
    async readAll() {
      const { total } = await partOf({ start: 0, end: 1 });
      const ranges = overviewRanges({ bytes: total, rows: file.rows, ticks }, budget) ?? [];
      const isWhole = ranges.length === 1;
      for (const range of ranges) {
        const { text } = await partOf(range);
        const found = ticksIn(text, range.start === 0, range.end === total ? lastOfAll : undefined).ticks;
        // One of each part: then all are as far apart, and their rates weigh the same.
        for (const tick of isWhole ? found : found.slice(0, 1)) takeTick(tick);
      }
      if (ranges.length === 0) return undefined;
      return isWhole ? 1 : ticks / ranges.length;
    },
    async readOn(until) {
      let start = offset ?? tailStart({ bytes: file.bytes, ticks }, budget / 2, firstTicks);
      let isFirstWhole = offset !== undefined || start === 0;
      let { total, text } = await partOf({ start, end: start + budget });
      if (total - start > budget) {
        start = total - budget;
        isFirstWhole = false;
        ({ total, text } = await partOf({ start, end: start + budget }));
      }
      const found = ticksIn(text, isFirstWhole, until);
      found.ticks.forEach(takeTick);
      if (found.ticks.length > 0) offset = start + new TextEncoder().encode(text.slice(0, found.end)).length;
      const isCaughtUp = isFirstWhole && total - start < budget;
      return found.ticks.length > 0 || isCaughtUp ? 1 : undefined;
    },
  };
}

/** Later than every timestamp. */
const lastOfAll = '~';

/** The whole ticks of a text, and where it goes on behind them. */
function ticksIn(text: string, isFirstWhole: boolean, until: string | undefined): WholeTicks {
  const from = isFirstWhole ? 0 : firstRow(text);
  const { ticks, end } = wholeTicks(csvRows(text.slice(from)), { isFirstWhole, until });
  return { ticks, end: from + end };
}
