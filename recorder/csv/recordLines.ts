import type { RecordFileName } from './columns.ts';
import type { RunEvent } from './event.ts';
import type { ContainerLife, Mark, ScrapeRecord } from './records.ts';
import { type Cell, type CsvLines, csvText, isoTime } from './rows.ts';
import { microseconds } from '../microseconds.ts';

export function eventLines(events: readonly RunEvent[]): CsvLines {
  return lines(
    'events.csv',
    events.map(({ timestamp, kind, node, target, subject, detail }) => [
      isoTime(timestamp),
      kind,
      node,
      target,
      subject,
      detail,
    ]),
  );
}

export function markLines(marks: readonly Mark[]): CsvLines {
  return lines(
    'marks.csv',
    marks.map(({ timestamp, label }) => [isoTime(timestamp), label]),
  );
}

export function containerLines(lives: readonly ContainerLife[]): CsvLines {
  return lines(
    'containers.csv',
    lives.map((life) => [
      life.node,
      life.namespace,
      life.pod,
      life.container,
      life.containerId,
      life.id,
      life.podUid,
      life.image,
      life.runtime,
      life.cgroup,
      life.networkNamespace,
      life.born === undefined ? undefined : isoTime(life.born),
      life.died === undefined ? undefined : isoTime(life.died),
    ]),
  );
}

export function scrapeLines(scrapes: readonly ScrapeRecord[]): CsvLines {
  return lines(
    'scrapes.csv',
    scrapes.map((scrape) => [
      isoTime(scrape.timestamp),
      scrape.node,
      scrape.target,
      rounded(scrape.requestedAt),
      rounded(scrape.answeredAt),
      scraped(scrape.collectedAt),
      rounded(scrape.skewSeconds),
      rounded(scrape.clockOffsetSeconds),
      rounded(scrape.clockOffsetErrorSeconds),
      scraped(scrape.collectionSeconds),
      scrape.samples,
      scrape.bytes,
      scrape.up ? 1 : 0,
      scrape.error,
      scraped(scrape.exporterCpuSeconds),
      whole(scrape.exporterResidentMemoryBytes),
    ]),
  );
}

function lines(file: RecordFileName, rows: readonly (readonly Cell[])[]): CsvLines {
  return { file, text: csvText(rows), rows: rows.length };
}

/** A number as scraped. One with a sign is given as a number: in text it would be taken for a formula. */
function scraped(value: string | undefined): Cell {
  return value !== undefined && /^[+-]/.test(value) ? Number(value.replace(/inf.*/i, 'Infinity')) : value;
}

/** Absent where a broken exporter tells what no column of whole numbers can hold. */
function whole(value: string | undefined): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

function rounded(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : microseconds(seconds);
}
