import { createGrowingText, type GrowingText } from './growingText.ts';
import { prefix, tables } from './metrics/index.ts';
import type { Metric, Table } from './metrics/spec.ts';
import { createRowChanges } from './rowChanges.ts';
import { createSampleLines, type SampleLines } from './sampleLines.ts';
import type { InfoRows, Snapshot, TableRows } from './snapshot.ts';
import { formatter, type UnitSizes } from './value.ts';

export type Format = 'text' | 'openmetrics';

/** Bytes; pieces are no shorter, if there is so much: each takes system calls on its way out. */
const pieceLength = 32 * 1024;

/** One metric of a family: a family has several where they are told apart by mode. */
interface Rendering {
  readonly metric: Metric;
  readonly family: string;
  readonly header: Readonly<Record<Format, Buffer>>;
  readonly lines: SampleLines;
}

type TableText = (rows: TableRows, format: Format, isRead: boolean) => readonly Buffer[];

/**
 * @param isRead whether somebody may still read what was given before: else it may be written over.
 */
export type Exposition = (snapshot: Snapshot, format: Format, isRead?: boolean) => readonly Buffer[];

/**
 * Prepares the rendering of snapshots as exposition text, without the `# EOF` of OpenMetrics. What stands
 * still between two snapshots is not made again, so the bytes are not to be changed by who gets them.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function createExposition(version: 'v1' | 'v2', sizes: UnitSizes): Exposition {
  const text = createGrowingText();
  const texts = new Map(tables.map((table) => [table.name, createTableText(table, version, sizes, text)]));
  return (snapshot, format, isRead = true) =>
    inPieces([
      ...snapshot.infos.map((rows) => Buffer.from(infoText(rows))),
      ...snapshot.tables.flatMap((rows) => texts.get(rows.table.name)?.(rows, format, isRead) ?? []),
    ]);
}

function createTableText(
  whole: Table,
  version: 'v1' | 'v2',
  sizes: UnitSizes,
  buffer: GrowingText,
): TableText {
  const follow = createRowChanges();
  const renderings = whole.metrics.flatMap((metric) => prepare(whole, metric, version, sizes, buffer) ?? []);

  return ({ table, rows }, format, isRead) => {
    const changes = follow(rows);
    const text: Buffer[] = [];
    let last = '';
    for (const { metric, family, header, lines } of renderings) {
      const samples = lines(rows, changes, isRead);
      // What this machine only has zeros for is not in the table of the snapshot.
      if (samples.length === 0 || !table.metrics.includes(metric)) continue;
      if (family !== last) text.push(header[format]);
      last = family;
      text.push(samples);
    }
    return text;
  };
}

function prepare(
  { scope }: Table,
  metric: Metric,
  version: 'v1' | 'v2',
  sizes: UnitSizes,
  text: GrowingText,
): Rendering | undefined {
  const source = metric.source[version];
  if (source === undefined) return undefined;
  const [file, field, unit] = source;
  const name = prefix(scope) + metric.name;
  const mode = metric.mode === undefined ? '' : `mode="${metric.mode}"`;
  return {
    metric,
    family: name,
    header: {
      text: Buffer.from(headerOf(name, metric.type, metric.help)),
      openmetrics: Buffer.from(headerOf(name.replace(/_total$/, ''), metric.type, metric.help)),
    },
    lines: createSampleLines({ name, mode, file, field, format: formatter(unit, sizes) }, text),
  };
}

function headerOf(family: string, type: string, help: string): string {
  return `# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`;
}

function infoText({ scope, info, rows }: InfoRows): string {
  if (rows.length === 0) return '';
  const name = prefix(scope) + info.name;
  let text = headerOf(name, 'gauge', info.help);
  for (const { identity, description } of rows) {
    const separator = identity.text === '' ? '' : ',';
    text += `${name}{${identity.text}${separator}${description.text}} 1\n`;
  }
  return text;
}

/** Small parts are put together. */
function inPieces(parts: readonly Buffer[]): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let small: Buffer[] = [];
  let length = 0;

  function flush(): void {
    if (length > 0) pieces.push(Buffer.concat(small, length));
    small = [];
    length = 0;
  }

  for (const part of parts) {
    if (part.length >= pieceLength) {
      flush();
      pieces.push(part);
      continue;
    }
    small.push(part);
    length += part.length;
    if (length >= pieceLength) flush();
  }
  flush();
  return pieces;
}
