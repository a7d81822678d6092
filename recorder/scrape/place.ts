import { infos, prefix, tables } from '../../exporter/metrics/index.ts';
import type { Table } from '../../exporter/metrics/spec.ts';
import type { Info } from './answer.ts';
import { type Labels, parseSeries } from './series.ts';
import type { Target } from './target.ts';

/** Where the samples of a series belong in an Answer. */
export type Place =
  | { readonly kind: 'cell'; readonly thing: Thing; readonly column: number }
  | { readonly kind: 'info'; readonly info: Info }
  | { readonly kind: 'own'; readonly raw: string }
  | { readonly kind: 'other'; readonly metric: string; readonly labels: Labels };

/** What a Row is about. */
export interface Thing {
  readonly table: Table;
  readonly labels: readonly string[];
  readonly key: string;
}

/** Tells a thing's name, not which one it is: found late, or changed by exec. */
const describing: ReadonlySet<string> = new Set(['namespace', 'pod', 'container', 'comm']);

const ownSeries = /^(?:kubemon_exporter|process|nodejs)_/;
const infoNames: ReadonlySet<string> = new Set(infos.map(({ scope, info }) => prefix(scope) + info.name));

/** Metric name (and mode, where the table has one) to table and column. */
const cells = new Map(
  tables.flatMap((table) =>
    table.metrics.map(({ name, mode }, column) => [
      cellName(prefix(table.scope) + name, mode),
      { table, column },
    ]),
  ),
);

function cellName(name: string, mode: string | undefined): string {
  return mode === undefined ? name : `${name} ${mode}`;
}

/** Label names and values as they are written, parsed once for all the metrics that have them. */
interface LabelSet {
  readonly labels: Labels;
  readonly things: Map<Table, Thing>;
}

/**
 * Finds the places of new series, given as they are written: most differ from one before in the metric's
 * name only. @throws ExpositionError
 */
export function createPlaces(role: Target['role']): (raw: string, line: number) => Place {
  const labelSets = new Map<string, LabelSet>();

  function parse(raw: string, line: number, text: string): { name: string; set: LabelSet } {
    const copy = detached(raw);
    const { name, labels } = parseSeries(copy, line);
    const set = { labels, things: new Map<Table, Thing>() };
    labelSets.set(copy.slice(copy.length - text.length), set);
    return { name, set };
  }

  return (raw, line) => {
    const brace = raw.indexOf('{');
    const plain = brace < 0 ? raw : raw.slice(0, brace);
    const text = brace < 0 ? '' : raw.slice(brace);
    const known = labelSets.get(text);
    const { name, set } =
      known !== undefined && plainName.test(plain) ? { name: plain, set: known } : parse(raw, line, text);
    return placeOf(role, raw, name, set);
  };
}

const plainName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

function placeOf(role: Target['role'], raw: string, name: string, { labels, things }: LabelSet): Place {
  const cell = role === 'further' ? undefined : cells.get(cellName(name, labels['mode']));
  if (cell !== undefined && fits(cell.table, labels)) {
    let thing = things.get(cell.table);
    if (thing === undefined) things.set(cell.table, (thing = thingOf(cell.table, labels)));
    return { kind: 'cell', thing, column: cell.column };
  }
  const metric = detached(name);
  if (role !== 'further' && infoNames.has(name)) return { kind: 'info', info: { name: metric, labels } };
  if (role !== 'further' && ownSeries.test(name)) return { kind: 'own', raw: detached(raw) };
  return { kind: 'other', metric, labels };
}

/** A copy in one piece: a slice would keep the whole line alive, and what was put together all of its parts. */
function detached(text: string): string {
  return Buffer.from(text).toString();
}

/** A label that the table does not have would be lost in its row. */
function fits(table: Table, labels: Labels): boolean {
  return Object.keys(labels).every((name) => name === 'mode' || table.labels.includes(name));
}

/** A label that is not there is the empty one, as in Prometheus. */
function thingOf(table: Table, labels: Labels): Thing {
  const values = table.labels.map((name) => labels[name] ?? '');
  return { table, labels: values, key: keyOf(table, values) };
}

/** Table and all labels: all series of one thing meet in one row. Not kept, since it is as long as all of them. */
export function idOf({ table, labels }: Thing): string {
  return JSON.stringify([table.name, ...labels]);
}

/** See Row.key. */
export function keyOf(table: Table, labels: readonly string[]): string {
  return labels.filter((_, index) => !describing.has(table.labels[index] ?? '')).join('/');
}
