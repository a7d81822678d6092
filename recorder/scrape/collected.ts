import { isWhole, prefix, tables } from '../../exporter/metrics/index.ts';
import type { Metric } from '../../exporter/metrics/spec.ts';
import type { Answer, Info, OtherSample } from './answer.ts';
import { ExpositionError, quoted } from './expositionError.ts';
import type { KnownRow, Layout, Loose } from './layout.ts';
import type { Place, Thing } from './place.ts';

/** The samples of one body, as they are found. Row numbers are those of Layout. */
export interface Collected {
  /** @throws ExpositionError when a kubemon series comes twice, or there are too many rows. */
  add(place: Place, raw: string, value: string, line: number): number;
  /**
   * A sample whose place is known, as row and column of the layout before.
   * @param value undefined: as before.
   * @returns undefined where it does not belong there any more: `add` knows better.
   */
  again(row: number, column: number, value: string | undefined): number | undefined;
  finish(samples: number): { readonly answer: Answer; readonly layout: CollectedLayout };
}

type CollectedLayout = Pick<Layout, 'rows' | 'rowOf' | 'loose'>;

/** A row that is being collected. */
interface Draft {
  readonly index: number;
  readonly thing: Thing;
  readonly before: KnownRow | undefined;
  readonly values: (string | undefined)[];
  cells: number;
  isChanged: boolean;
}

export function collect(maxRows: number, last: Layout): Collected {
  const drafts: Draft[] = [];
  /** By Thing.id; made when something is not where it was. */
  let draftOf: Map<string, Draft> | undefined;
  const draftOfRow = Array.from<Draft | undefined>({ length: last.rows.length });
  const loose: Loose[] = [];
  const infos: Info[] = [];
  const own = new Map<string, string>();
  const others: OtherSample[] = [];

  /** Undefined: there are too many. */
  function begin(thing: Thing, before: KnownRow | undefined): Draft | undefined {
    if (drafts.length === maxRows) return undefined;
    const begun: Draft = {
      index: drafts.length,
      // The same labels object for the same thing: what is made of it is made once.
      thing: before?.thing ?? thing,
      before,
      values: Array.from<string | undefined>({ length: thing.table.metrics.length }),
      cells: 0,
      isChanged: false,
    };
    drafts.push(begun);
    draftOf?.set(thing.id, begun);
    return begun;
  }

  function find(thing: Thing): Draft | undefined {
    draftOf ??= new Map(drafts.map((begun) => [begun.thing.id, begun]));
    return draftOf.get(thing.id) ?? begin(thing, last.rowOf(thing.id));
  }

  /** Things have one row each in the layout before, but may have come elsewhere already. */
  function draftAt(known: KnownRow): Draft | undefined {
    return draftOf === undefined ? begin(known.thing, known) : find(known.thing);
  }

  function put(into: Draft, column: number, value: string): boolean {
    if (into.values[column] !== undefined) return false;
    into.values[column] = value;
    into.cells++;
    into.isChanged ||= into.before?.row.values[column] !== value;
    return true;
  }

  function addLoose(place: Place, value: string, known?: OtherSample): number {
    const sample = known ?? otherSample(place, value);
    if (sample !== undefined) others.push(sample);
    else if (place.kind === 'own') own.set(place.raw, value);
    else if (place.kind === 'info') infos.push(place.info);
    loose.push({ place, value, ...(sample && { sample }) });
    return -loose.length;
  }

  function add(place: Place, raw: string, value: string, line: number): number {
    if (place.kind === 'own' && own.has(place.raw)) throw twice(raw, line);
    if (place.kind !== 'cell' || !fitsColumn(place.thing.table.metrics[place.column], value)) {
      return addLoose(place, value);
    }
    const into = find(place.thing);
    if (into === undefined) {
      throw new ExpositionError(line, `more than ${maxRows} containers, processes and devices`, 'too_many');
    }
    if (!put(into, place.column, value)) throw twice(raw, line);
    return into.index;
  }

  function again(row: number, column: number, value: string | undefined): number | undefined {
    if (row < 0) {
      const known = last.loose[-1 - row];
      if (known === undefined || known.place.kind === 'cell') return undefined;
      if (known.place.kind === 'own' && own.has(known.place.raw)) return undefined;
      return addLoose(known.place, value ?? known.value, value === undefined ? known.sample : undefined);
    }
    const known = last.rows[row];
    if (known === undefined) return undefined;
    const now = value ?? known.row.values[column];
    if (now === undefined) return undefined;
    // Before a row is begun: it might stay without a value.
    if (value !== undefined && !fitsColumn(known.row.table.metrics[column], value)) return undefined;
    const into = (draftOfRow[row] ??= draftAt(known));
    if (into === undefined) return undefined;
    return put(into, column, now) ? into.index : undefined;
  }

  return {
    add,
    again,
    finish(samples) {
      const rows = drafts.map(finished);
      return {
        answer: { rows: rows.map(({ row }) => row), infos, own, others, samples },
        layout: { rows, rowOf: finderOf(rows), loose },
      };
    },
  };
}

/** Nobody looks for a row by its thing as long as all are where they were. */
function finderOf(rows: readonly KnownRow[]): Layout['rowOf'] {
  let byId: ReadonlyMap<string, KnownRow> | undefined;
  return (id) => (byId ??= new Map(rows.map((row) => [row.thing.id, row]))).get(id);
}

/** What did not change is the same object: nobody has to look into it again. */
function finished({ thing, before, values, cells, isChanged }: Draft): KnownRow {
  if (before !== undefined && !isChanged && cells === before.cells) return before;
  const { table, labels, key } = thing;
  return { thing, cells, row: { table, labels, key, values } };
}

/** A broken exporter's 1.5 bytes would make readers refuse the column of integers with all that others told. */
function fitsColumn(metric: Metric | undefined, value: string): boolean {
  if (metric === undefined || !wholeMetrics.has(metric)) return true;
  return /^-?\d+$/.test(value) && (value.length < 19 || BigInt.asIntN(64, BigInt(value)) === BigInt(value));
}

const wholeMetrics: ReadonlySet<Metric> = new Set(
  tables.flatMap(({ metrics }) => metrics.filter((metric) => isWhole(metric))),
);

function otherSample(place: Place, value: string): OtherSample | undefined {
  if (place.kind === 'other') return { metric: place.metric, labels: place.labels, value };
  const metric = place.kind === 'cell' ? place.thing.table.metrics[place.column] : undefined;
  return place.kind === 'cell' && metric ? { ...seriesOf(place.thing, metric), value } : undefined;
}

/** The name and the labels that a cell of the table was scraped with. */
function seriesOf({ table, labels }: Thing, { name, mode }: Metric): Pick<OtherSample, 'metric' | 'labels'> {
  const told = table.labels.map((label, index) => [label, labels[index] ?? ''] as const);
  return {
    metric: prefix(table.scope) + name,
    labels: Object.fromEntries(mode === undefined ? told : [...told, ['mode', mode]]),
  };
}

function twice(raw: string, line: number): ExpositionError {
  return new ExpositionError(line, `${quoted(raw)} is there twice`);
}
