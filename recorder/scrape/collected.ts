import { isWhole, prefix, tables } from '../../exporter/metrics/index.ts';
import type { Metric } from '../../exporter/metrics/spec.ts';
import type { Answer, Info, OtherSample, Row } from './answer.ts';
import { ExpositionError, quoted } from './expositionError.ts';
import type { Place, Thing } from './place.ts';

/** The samples of one body, as they are found. */
export interface Collected {
  /** @throws ExpositionError when a kubemon series comes twice, or there are too many rows. */
  add(place: Place, raw: string, value: string, line: number): void;
  answer(samples: number): Answer;
}

export function collect(maxRows: number): Collected {
  const rows: Row[] = [];
  const valuesOf = new Map<Thing, (string | undefined)[]>();
  const infos: Info[] = [];
  const own = new Map<string, string>();
  const others: OtherSample[] = [];

  function valuesOfRow(thing: Thing, line: number): (string | undefined)[] {
    const known = valuesOf.get(thing);
    if (known) return known;
    if (rows.length === maxRows) {
      throw new ExpositionError(line, `more than ${maxRows} containers, processes and devices`, 'too_many');
    }
    const { table, labels, key } = thing;
    const values = Array.from<string | undefined>({ length: table.metrics.length });
    valuesOf.set(thing, values);
    rows.push({ table, labels, key, values });
    return values;
  }

  function add(place: Place, raw: string, value: string, line: number): void {
    if (place.kind === 'cell') {
      const metric = place.thing.table.metrics[place.column];
      if (metric !== undefined && !fits(metric, value)) {
        others.push({ ...seriesOf(place.thing, metric), value });
        return;
      }
      const values = valuesOfRow(place.thing, line);
      if (values[place.column] !== undefined) throw twice(raw, line);
      values[place.column] = value;
    } else if (place.kind === 'other') {
      others.push({ metric: place.metric, labels: place.labels, value });
    } else if (place.kind === 'own') {
      if (own.has(raw)) throw twice(raw, line);
      own.set(raw, value);
    } else {
      infos.push(place.info);
    }
  }

  return { add, answer: (samples) => ({ rows, infos, own, others, samples }) };
}

/** A broken exporter's 1.5 bytes would make readers refuse the column of integers with all that others told. */
function fits(metric: Metric, value: string): boolean {
  if (!wholeMetrics.has(metric)) return true;
  return /^-?\d+$/.test(value) && (value.length < 19 || BigInt.asIntN(64, BigInt(value)) === BigInt(value));
}

const wholeMetrics: ReadonlySet<Metric> = new Set(
  tables.flatMap(({ metrics }) => metrics.filter((metric) => isWhole(metric))),
);

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
