import { prefix, tables } from './metrics/index.ts';
import type { Metric, Scope } from './metrics/spec.ts';
import type { Value } from './parse/reading.ts';
import type { InfoRows, Snapshot, TableRows } from './snapshot.ts';
import { formatter, type UnitSizes } from './value.ts';

export type Format = 'text' | 'openmetrics';

/** A piece of text is at least so long, if there is so much, in characters. */
const pieceLength = 32 * 1024;

/** What of a metric does not change from scrape to scrape. */
interface Rendering {
  readonly name: string;
  /** `mode="user"`, or empty. */
  readonly mode: string;
  readonly header: Readonly<Record<Format, string>>;
  readonly file: string;
  readonly field: string;
  readonly format: (value: Value) => string;
}

/**
 * Prepares the rendering of snapshots as exposition text, without the `# EOF` of OpenMetrics, in pieces
 * that are made as they are asked for: a whole text of megabytes is never held.
 * This is the hot path: some twenty lines for every process. Names, help and label text are made
 * beforehand; a line is put together from four strings.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function createExposition(
  version: 'v1' | 'v2',
  sizes: UnitSizes,
): (snapshot: Snapshot, format: Format) => Iterable<string> {
  const renderings = new Map<Metric, Rendering>(
    tables.flatMap(({ scope, metrics }) =>
      metrics.flatMap((metric) => {
        const rendering = prepare(scope, metric, version, sizes);
        return rendering === undefined ? [] : [[metric, rendering]];
      }),
    ),
  );

  return function* render(snapshot, format) {
    for (const rows of snapshot.infos) yield infoText(rows);
    for (const rows of snapshot.tables) yield* tableText(rows, renderings, format);
  };
}

function prepare(
  scope: Scope,
  metric: Metric,
  version: 'v1' | 'v2',
  sizes: UnitSizes,
): Rendering | undefined {
  const source = metric.source[version];
  if (source === undefined) return undefined;
  const name = prefix(scope) + metric.name;
  return {
    name,
    mode: metric.mode === undefined ? '' : `mode="${metric.mode}"`,
    header: {
      text: header(name, metric.type, metric.help),
      openmetrics: header(name.replace(/_total$/, ''), metric.type, metric.help),
    },
    file: source[0],
    field: source[1],
    format: formatter(source[2], sizes),
  };
}

function header(family: string, type: string, help: string): string {
  return `# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`;
}

/** Pieces of many short families, or of one long. */
function* tableText(
  { table, rows }: TableRows,
  renderings: ReadonlyMap<Metric, Rendering>,
  format: Format,
): Generator<string> {
  let text = '';
  let family = '';
  for (const metric of table.metrics) {
    const rendering = renderings.get(metric);
    if (rendering === undefined) continue;
    const samples = samplesText(rendering, rows);
    if (samples === '') continue;
    if (family !== rendering.name) text += rendering.header[format];
    family = rendering.name;
    text += samples;
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  yield text;
}

function samplesText({ name, mode, file, field, format }: Rendering, rows: TableRows['rows']): string {
  let text = '';
  for (const { labels, readings } of rows) {
    const value = readings[file]?.[field];
    if (value === undefined) continue;
    const inside = mode === '' ? labels.text : mode;
    text += inside === '' ? `${name} ${format(value)}\n` : `${name}{${inside}} ${format(value)}\n`;
  }
  return text;
}

function infoText({ scope, info, rows }: InfoRows): string {
  if (rows.length === 0) return '';
  const name = prefix(scope) + info.name;
  let text = header(name, 'gauge', info.help);
  for (const { identity, description } of rows) {
    const separator = identity.text === '' ? '' : ',';
    text += `${name}{${identity.text}${separator}${description.text}} 1\n`;
  }
  return text;
}
