import type { FileState } from '../csv/growingFile.ts';
import { type CommitRecord, journalLine } from '../csv/journal.ts';
import { isoTime } from '../csv/rows.ts';
import { isTick } from './tickOrder.ts';

/** What is wrong with the journal's next record: a sentence, or nothing. */
export type RecordOrder = (record: CommitRecord, bytes: number) => string | undefined;

/** Records are in the order of their ticks, each once, and in each file more than in the one before. */
export function createRecordOrder(interval: number | undefined): RecordOrder {
  const lengths = new Map<string, number>();
  let before: CommitRecord | undefined;
  let lastScraped: number | undefined;

  function faultOf(record: CommitRecord, bytes: number): string | undefined {
    const { tick, files } = record;
    if (bytes !== Buffer.byteLength(journalLine(record))) return 'the record is not as kubemon writes it';
    if (before === undefined) {
      return tick === null
        ? undefined
        : 'the first record is not that of the headers: records are missing before it';
    }
    if (tick === null ? before.tick !== null : tick < (before.tick ?? -Infinity)) {
      return `the record is of ${momentOf(tick)}, behind one of ${momentOf(before.tick)}`;
    }
    if (tick !== null && interval !== undefined && !isTick(tick, interval)) {
      return `the record is of ${isoTime(tick)}, which is no multiple of the interval of ${interval} s`;
    }
    if (tick !== null && 'scrapes.csv' in files && tick === lastScraped) {
      return `the tick ${isoTime(tick)} is committed twice`;
    }
    const grown = Object.entries(files);
    if (grown.length === 0 && Object.keys(before.files).length === 0 && tick === before.tick) {
      return 'the record is there twice';
    }
    return grown
      .filter(([name, { bytes: length }]) => length <= (lengths.get(name) ?? 0))
      .map(([name]) => `the record adds nothing to ${name}: records are there twice, or in another order`)[0];
  }

  function remember({ tick, files }: CommitRecord): void {
    for (const [name, { bytes }] of Object.entries<FileState>(files)) lengths.set(name, bytes);
    if ('scrapes.csv' in files) lastScraped = tick ?? undefined;
  }

  return (record, bytes) => {
    const fault = faultOf(record, bytes);
    remember(record);
    before = record;
    return fault;
  };
}

function momentOf(tick: number | null): string {
  return tick === null ? 'the headers' : isoTime(tick);
}
