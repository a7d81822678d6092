import type { RecordFileName } from './columns.ts';
import type { RunEvent } from './event.ts';
import type { ContainerLife, Mark, ScrapeRecord } from './records.ts';
import { type Cell, type CsvLines, csvText, isoTime } from './rows.ts';

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
      microseconds(scrape.requestedAt),
      microseconds(scrape.answeredAt),
      scrape.collectedAt,
      microseconds(scrape.skewSeconds),
      microseconds(scrape.clockOffsetSeconds),
      microseconds(scrape.clockOffsetErrorSeconds),
      scrape.collectionSeconds,
      scrape.samples,
      scrape.bytes,
      scrape.up ? 1 : 0,
      scrape.error,
      scrape.exporterCpuSeconds,
      scrape.exporterResidentMemoryBytes,
    ]),
  );
}

function lines(file: RecordFileName, rows: readonly (readonly Cell[])[]): CsvLines {
  return { file, text: csvText(rows), rows: rows.length };
}

/** Rounded to what the clock tells apart, so that no float noise is written. */
function microseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1e6) / 1e6;
}
