import { infos, prefix, tables } from '../../exporter/metrics/index.ts';
import type { Table } from '../../exporter/metrics/spec.ts';
import type { Info } from './answer.ts';
import type { Labels } from './series.ts';
import type { Target } from './target.ts';

/** Where the samples of a series belong in an Answer. */
export type Place =
  | { readonly kind: 'cell'; readonly thing: Thing; readonly column: number }
  | { readonly kind: 'info'; readonly info: Info }
  | { readonly kind: 'own' }
  | { readonly kind: 'other'; readonly metric: string; readonly labels: Labels };

/** What a Row is about. The same object for all its series, so that they meet in one row. */
export interface Thing {
  /** Table and all labels. */
  readonly id: string;
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

/** Finds the place of a series; `things` are those known so far, by table and labels. */
export function placeOf(
  role: Target['role'],
  name: string,
  labels: Labels,
  things: Map<string, Thing>,
): Place {
  if (role === 'further') return { kind: 'other', metric: name, labels };
  if (infoNames.has(name)) return { kind: 'info', info: { name, labels } };
  if (ownSeries.test(name)) return { kind: 'own' };
  const cell = cells.get(cellName(name, labels['mode']));
  if (cell === undefined || !fits(cell.table, labels)) return { kind: 'other', metric: name, labels };
  return { kind: 'cell', thing: thingOf(cell.table, labels, things), column: cell.column };
}

/** A label that the table does not have would be lost in its row. */
function fits(table: Table, labels: Labels): boolean {
  return Object.keys(labels).every((name) => name === 'mode' || table.labels.includes(name));
}

/** A label that is not there is the empty one, as in Prometheus. */
function thingOf(table: Table, labels: Labels, things: Map<string, Thing>): Thing {
  const values = table.labels.map((name) => labels[name] ?? '');
  const id = JSON.stringify([table.name, ...values]);
  let thing = things.get(id);
  if (thing === undefined) {
    thing = { id, table, labels: values, key: keyOf(table, values) };
    things.set(id, thing);
  }
  return thing;
}

/** See Row.key. */
export function keyOf(table: Table, labels: readonly string[]): string {
  return labels.filter((_, index) => !describing.has(table.labels[index] ?? '')).join('/');
}
