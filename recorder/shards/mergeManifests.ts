import type { EventKind } from '../csv/event.ts';
import type { Alignment, Manifest, TickCounts, Verdict } from '../run/manifest.ts';
import {
  daemonsOf,
  distinct,
  least,
  missingOf,
  type PartManifest,
  stopOf,
  sumOfExpected,
  told,
} from './partManifest.ts';

type Parts = readonly [PartManifest, ...PartManifest[]];

/**
 * What the run.json of the parts tell together, without a look into the rows: of the percentiles of alignment it
 * tells the largest of any part, above which that of all cannot lie.
 */
export function mergeManifests(parts: Parts): Manifest {
  const [first] = parts;
  const { schemaVersion, run, shards, labels, settings } = first;
  const missingShards = missingOf(parts);
  const isStopped = parts.every(({ stop }) => stop !== undefined);
  return {
    schemaVersion,
    run,
    shards,
    parts: parts.map(({ shard }) => shard),
    ...(missingShards.length > 0 && { missingShards }),
    state: stateOf(parts),
    start: least(parts.map(({ start }) => start)),
    ...(isStopped && { stop: stopOf(parts) }),
    labels,
    verdict: mergeVerdicts(parts, missingShards, shards),
    recorder: {
      host: distinct(parts.map(({ recorder }) => recorder.host)).join(', '),
      version: distinct(parts.map(({ recorder }) => recorder.version)).join(', '),
    },
    settings,
    expected: sumOfExpected(parts),
    daemons: daemonsOf(parts),
    ticks: mergeTickCounts(parts.map(({ ticks }) => ticks)),
    interruptions: parts
      .flatMap(({ interruptions }) => interruptions)
      .toSorted((a, b) => a.from.localeCompare(b.from)),
    coverage: parts.flatMap(({ coverage }) => coverage),
    alignment: mergeAlignments(parts.map(({ alignment }) => alignment)),
    clocks: parts.flatMap(({ clocks }) => clocks),
    events: sumOfEvents(parts),
    marks: marksOf(parts),
    files: first.files.map((file) => {
      const same = parts.flatMap(({ files }) => files.filter(({ name }) => name === file.name));
      const sum = (of: 'bytes' | 'rows') => same.reduce((total, each) => total + each[of], 0);
      const { name, help, columns } = file;
      return { name, rows: sum('rows'), bytes: sum('bytes'), help, columns };
    }),
  };
}

/** One that is on, or was interrupted, makes the run so. */
function stateOf(parts: readonly Pick<Manifest, 'state'>[]): Manifest['state'] {
  const states = parts.map(({ state }) => state);
  return (
    states.find((state) => state === 'recording') ?? states.find((state) => state !== 'stopped') ?? 'stopped'
  );
}

/** Of shards that start and stop on the same ticks these are the figures of each of them. */
export function mergeTickCounts(counts: readonly TickCounts[]): TickCounts {
  const planned = Math.max(...counts.map((each) => each.planned));
  const done = Math.max(...counts.map((each) => each.done));
  const firsts = counts.flatMap(({ first }) => first ?? []);
  const lasts = counts.flatMap(({ last }) => last ?? []);
  return {
    planned,
    done,
    dropped: planned - done,
    ...(firsts.length > 0 && { first: least(firsts) }),
    ...(lasts.length > 0 && { last: lasts.reduce((a, b) => (b > a ? b : a)) }),
  };
}

/** What a shard says of the run. */
interface Judged {
  readonly shard: number;
  readonly verdict: Verdict;
}

const order = ['valid', 'degraded', 'inconclusive'] as const;

/** Of none: nothing is known. */
export function worstOf(verdicts: readonly Verdict['verdict'][]): Verdict['verdict'] {
  return order.toReversed().find((each) => verdicts.includes(each)) ?? 'inconclusive';
}

/** The worst of what the shards say; of a shard that says nothing nothing is known. */
export function mergeVerdicts(
  parts: readonly [Judged, ...Judged[]],
  missing: readonly number[],
  shards: number,
): Verdict {
  return {
    verdict: missing.length > 0 ? 'inconclusive' : worstOf(parts.map(({ verdict }) => verdict.verdict)),
    reasons: [
      ...missing.map(
        (shard) => `Nothing is known of shard ${shard} of ${shards} (0 to ${shards - 1}) and its daemons.`,
      ),
      ...parts.flatMap((part) => part.verdict.reasons.map(told(part))),
    ],
    thresholds: parts[0].verdict.thresholds,
  };
}

function mergeAlignments(all: readonly Alignment[]): Alignment {
  const largest = (key: Exclude<keyof Alignment, 'answers'>) => {
    const values = all.flatMap((each) => each[key] ?? []);
    return values.length === 0 ? {} : { [key]: Math.max(...values) };
  };
  return {
    answers: all.reduce((sum, { answers }) => sum + answers, 0),
    ...largest('p50Seconds'),
    ...largest('p99Seconds'),
    ...largest('maxSeconds'),
    ...largest('errorSeconds'),
  };
}

function sumOfEvents(parts: readonly Pick<Manifest, 'events'>[]): Manifest['events'] {
  const sums: Partial<Record<EventKind, number>> = {};
  for (const { events } of parts) {
    for (const [kind, number] of Object.entries(events)) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of events
      const key = kind as EventKind;
      sums[key] = (sums[key] ?? 0) + number;
    }
  }
  return sums;
}

/** Each lies in the part of the recorder that was asked; of one moment and label they are one. */
function marksOf(parts: readonly Pick<Manifest, 'marks'>[]): Manifest['marks'] {
  const marks = new Map(
    parts.flatMap((part) => part.marks).map((mark) => [JSON.stringify([mark.timestamp, mark.label]), mark]),
  );
  return [...marks.values()].toSorted((a, b) => a.timestamp.localeCompare(b.timestamp));
}
