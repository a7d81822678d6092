import { isWhole, prefix, tables } from '../../exporter/metrics/index.ts';
import type { Metric } from '../../exporter/metrics/spec.ts';
import type { Answer, Info, OtherSample } from './answer.ts';
import { ExpositionError, quoted } from './expositionError.ts';
import type { FollowedValue } from './follower.ts';
import type { KnownRow, Layout, Loose } from './layout.ts';
import { idOf, type Place, type Thing } from './place.ts';
import { longWhole } from './number.ts';
import { createCells } from './rowText.ts';
import type { SampleLine } from './sampleLines.ts';
import { bytesPerStep } from './step.ts';

/** The samples of one body, as they are found. Row numbers are those of Layout. */
export interface Collected {
  /** @throws ExpositionError when a kubemon series comes twice, or there are too many rows. */
  add(place: Place, sample: SampleLine, line: number): number;
  /**
   * A sample whose place is known, as row and column of the layout before.
   * @returns undefined where it does not belong there any more: `add` knows better.
   */
  again(row: number, column: number, value: FollowedValue): number | undefined;
  /** Pauses every some hundred rows, sooner where they are long. */
  finish(samples: number): Generator<void, { readonly answer: Answer; readonly layout: CollectedLayout }>;
}

type CollectedLayout = Pick<Layout, 'rows' | 'rowOf' | 'loose' | 'population'>;

/** A row that is being collected. */
interface Draft {
  readonly index: number;
  readonly thing: Thing;
  readonly before: KnownRow | undefined;
  /** See Cells. */
  readonly place: number;
  cells: number;
  isChanged: boolean;
  /** Whether the counters are those of before, and none of them fell. */
  isAscent: boolean;
}

export function collect(body: Buffer, maxRows: number, last: Layout): Collected {
  const drafts: Draft[] = [];
  /** By idOf; made when something is not where it was. */
  let draftOf: Map<string, Draft> | undefined;
  /** The series of a thing share it for the most part. */
  const draftOfThing = new Map<Thing, Draft>();
  /** Of the rows of the layout before: 1 + index of the draft, 0 where there is none yet. */
  const draftOfRow = new Int32Array(last.rows.length);
  const cells = createCells(body, 8 + last.rows.length * usualColumns);
  const loose: Loose[] = [];
  const infos: Info[] = [];
  const own = new Map<string, string>();
  const others: OtherSample[] = [];
  let isSamePopulation = true;

  /** Undefined: there are too many. */
  function begin(thing: Thing, before: KnownRow | undefined, id?: string): Draft | undefined {
    if (drafts.length === maxRows) return undefined;
    const begun: Draft = {
      index: drafts.length,
      // The same labels object for the same thing: what is made of it is made once.
      thing: before?.thing ?? thing,
      before,
      place: cells.begin(thing.table.metrics.length),
      cells: 0,
      isChanged: false,
      isAscent: before !== undefined,
    };
    drafts.push(begun);
    draftOf?.set(id ?? idOf(thing), begun);
    return begun;
  }

  function find(thing: Thing): Draft | undefined {
    const known = draftOfThing.get(thing);
    if (known !== undefined) return known;
    draftOf ??= new Map(drafts.map((begun) => [idOf(begun.thing), begun]));
    const id = idOf(thing);
    const found = draftOf.get(id) ?? begin(thing, last.rowOf(id), id);
    if (found !== undefined) draftOfThing.set(thing, found);
    return found;
  }

  /** Things have one row each in the layout before, but may have come elsewhere already. */
  function draftAt(row: number, known: KnownRow): Draft | undefined {
    const begun = drafts[(draftOfRow[row] ?? 0) - 1];
    if (begun !== undefined) return begun;
    const found = draftOf === undefined ? begin(known.thing, known) : find(known.thing);
    if (found !== undefined) draftOfRow[row] = found.index + 1;
    return found;
  }

  function put(into: Draft, column: number, start: number, length: number): boolean {
    if (cells.has(into.place, column)) return false;
    cells.put(into.place, column, start, length);
    into.cells++;
    return true;
  }

  function addLoose(place: Place, value: string): number {
    const sample = otherSample(place, value);
    return tell({ place, value, ...(sample && { sample }) });
  }

  function tell(each: Loose): number {
    const { place, value, sample } = each;
    if (sample !== undefined) others.push(sample);
    else if (place.kind === 'own') own.set(place.raw, value);
    else if (place.kind === 'info') infos.push(place.info);
    loose.push(each);
    return -loose.length;
  }

  function add(place: Place, { raw, value, valueStart }: SampleLine, line: number): number {
    isSamePopulation = false;
    if (place.kind === 'own' && own.has(place.raw)) throw twice(raw, line);
    if (place.kind !== 'cell' || !fitsColumn(place.thing.table.metrics[place.column], value)) {
      return addLoose(place, value);
    }
    const into = find(place.thing);
    if (into === undefined) {
      throw new ExpositionError(line, `more than ${maxRows} containers, processes and devices`, 'too_many');
    }
    if (!put(into, place.column, valueStart, value.length)) throw twice(raw, line);
    into.isChanged = true;
    into.isAscent = false;
    return into.index;
  }

  function again(row: number, column: number, value: FollowedValue): number | undefined {
    if (row < 0) return againLoose(-1 - row, value);
    const known = last.rows[row];
    const metric = known?.row.table.metrics[column];
    if (known === undefined || metric === undefined) return undefined;
    // Before a row is begun: it might stay without a value.
    if (!value.isSame && !value.isShortWhole && !fitsColumn(metric, textOf(value))) return undefined;
    const into = draftAt(row, known);
    if (into === undefined || !put(into, column, value.start, value.length)) return undefined;
    if (!value.isSame) note(into, metric, value.isRise);
    return into.index;
  }

  function note(into: Draft, { type, name }: Metric, isRise: boolean): void {
    into.isChanged = true;
    if (type === 'counter') into.isAscent &&= isRise;
    else if (name === 'start_time_seconds') isSamePopulation = false;
  }

  function againLoose(index: number, value: FollowedValue): number | undefined {
    const known = last.loose[index];
    if (known === undefined || known.place.kind === 'cell') return undefined;
    if (known.place.kind === 'own' && own.has(known.place.raw)) return undefined;
    return value.isSame ? tell(known) : addLoose(known.place, textOf(value));
  }

  function textOf({ start, length }: FollowedValue): string {
    return body.toString('latin1', start, start + length);
  }

  /** What did not change is the same object: nobody has to look into it again. */
  function finished({ thing, before, place, cells: count, isChanged, isAscent }: Draft): KnownRow {
    const hasAll = count === before?.cells;
    if (before !== undefined && hasAll && !isChanged) return before;
    const { table, labels, key } = thing;
    const text = cells.text(place, table.metrics.length);
    if (before?.row.text === text) return before;
    const ascent = hasAll && isAscent ? before.row.ascent : undefined;
    return { thing, cells: count, row: { table, labels, key, text, ascent: ascent ?? {} } };
  }

  return {
    add,
    again,
    *finish(samples) {
      const rows: KnownRow[] = [];
      let work = 0;
      for (const each of drafts) {
        const known = finished(each);
        rows.push(known);
        work += workPerRow + known.row.text.length;
        if (work < bytesPerStep) continue;
        yield;
        work = 0;
      }
      cells.release();
      const population = isSamePopulation && samples === last.samples ? last.population : {};
      return {
        answer: { rows: rows.map(({ row }) => row), infos, own, others, samples, population },
        layout: { rows, rowOf: finderOf(rows), loose, population },
      };
    },
  };
}

/** Of a row, for the room that is made before the rows are known. */
const usualColumns = 32;
/** An empty row takes as long as so many bytes. */
const workPerRow = 512;

/** Nobody looks for a row by its thing as long as all are where they were. */
function finderOf(rows: readonly KnownRow[]): Layout['rowOf'] {
  let byId: ReadonlyMap<string, KnownRow> | undefined;
  return (id) => (byId ??= new Map(rows.map((row) => [idOf(row.thing), row]))).get(id);
}

/** A broken exporter's 1.5 bytes would make readers refuse the column of integers with all that others told. */
function fitsColumn(metric: Metric | undefined, value: string): boolean {
  if (metric === undefined || !wholeMetrics.has(metric)) return true;
  return (
    /^-?\d+$/.test(value) && (value.length < longWhole || BigInt.asIntN(64, BigInt(value)) === BigInt(value))
  );
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
