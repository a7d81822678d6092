import type { EventKind } from '../csv/event.ts';
import { beyondError } from './alignment.ts';
import { coverage, type TargetTally } from './coverage.ts';
import type { Expected } from './expected.ts';
import type { Alignment, ClockMeasurement, Interruption, Thresholds, Verdict } from './manifest.ts';

const defaultThresholds: Thresholds = {
  coverage: 0.95,
  alignmentShareOfInterval: 0.1,
  clockOffsetSeconds: 0.01,
};

/** All that a verdict is found from. */
export interface Evidence {
  readonly intervalSeconds: number;
  readonly ticks: { readonly planned: number; readonly done: number; readonly dropped: number };
  readonly expected: Expected;
  readonly targets: readonly TargetTally[];
  readonly alignment: Alignment;
  readonly clocks: readonly ClockMeasurement[];
  readonly events: Readonly<Partial<Record<EventKind, number>>>;
  /** The first event of each kind, as an example. */
  readonly firstEvents: Readonly<Partial<Record<EventKind, string>>>;
  readonly interruptions: readonly Interruption[];
  /** Of one of several shards: it may have no daemons. */
  readonly shard?: number;
  /** Of a run of several shards that was merged: those whose part was not there. */
  readonly missingShards?: readonly number[];
  readonly shards?: number;
  /** Sentences on what else went wrong: rows that could not be written, services that were not found. */
  readonly troubles: readonly string[];
}

export function judge(evidence: Evidence, thresholds: Thresholds = defaultThresholds): Verdict {
  const reasons = [
    ...missingReasons(evidence),
    ...tickReasons(evidence),
    ...interruptionReasons(evidence),
    // Without a tick nothing is known of the targets.
    ...(evidence.ticks.done > 0 ? targetReasons(evidence) : []),
    ...alignmentReasons(evidence, thresholds),
    ...evidence.clocks.flatMap((clock) => clockReasons(clock, thresholds)),
    ...eventReasons(evidence),
    ...evidence.troubles,
  ];
  const verdict =
    reasons.length === 0 ? 'valid' : isCovered(evidence, thresholds) ? 'degraded' : 'inconclusive';
  return { verdict, reasons, thresholds };
}

/** Every expected daemon is there on enough of the ticks; of a run without daemons, any target. */
function isCovered(evidence: Evidence, thresholds: Thresholds): boolean {
  const { ticks, targets, expected, missingShards = [] } = evidence;
  const daemons = targets.filter(({ role }) => role !== 'further');
  const judged = daemons.length > 0 ? daemons : targets;
  return (
    missingShards.length === 0 &&
    (judged.length > 0 || hasNone(evidence)) &&
    daemons.length >= expected.count &&
    judged.every((target) => (coverage(target, ticks.planned).share ?? 0) >= thresholds.coverage)
  );
}

function missingReasons({ missingShards = [], shards = 0 }: Evidence): readonly string[] {
  return missingShards.map(
    (shard) =>
      `The part of shard ${shard} of ${shards} (0 to ${shards - 1}) is missing: nothing is known of its daemons.`,
  );
}

function tickReasons({ ticks, interruptions, firstEvents }: Evidence): readonly string[] {
  const reasons: string[] = [];
  if (ticks.planned === 0) reasons.push('No tick was recorded: the first had not come yet.');
  else if (ticks.done === 0) reasons.push('No tick was recorded.');
  const dropped = ticks.dropped - lostTicks(interruptions);
  if (dropped > 0) {
    reasons.push(
      `${dropped} of ${ticks.planned} ticks were dropped. The first: ${firstEvents.tick_dropped ?? ''}`,
    );
  }
  return reasons;
}

function interruptionReasons({ interruptions, ticks }: Evidence): readonly string[] {
  const [first] = interruptions;
  if (first === undefined) return [];
  const times = interruptions.length === 1 ? 'once' : `${interruptions.length} times, first`;
  return [
    `The recorder was interrupted ${times} after ${first.from}: ` +
      `${lostTicks(interruptions)} of ${ticks.planned} ticks were lost.`,
  ];
}

function lostTicks(interruptions: readonly Interruption[]): number {
  return interruptions.reduce((sum, { ticks }) => sum + ticks, 0);
}

function targetReasons(evidence: Evidence): readonly string[] {
  const { targets, ticks } = evidence;
  if (hasNone(evidence)) return [];
  if (targets.length === 0) return ['There was no target to record.'];
  return [...daemonReasons(evidence), ...targets.flatMap((target) => scrapeReasons(target, ticks))];
}

/** All daemons belong to other shards. */
function hasNone({ shard, targets, expected }: Evidence): boolean {
  return shard !== undefined && targets.length === 0 && expected.count === 0;
}

function daemonReasons({ expected, targets }: Evidence): readonly string[] {
  const daemons = targets.filter(({ role }) => role !== 'further').length;
  const unseen = expected.count - daemons;
  if (unseen <= 0) return [];
  const were = `${unseen} ${unseen === 1 ? 'was' : 'were'} never seen`;
  return [
    `${expected.count} daemons were expected (${expected.reason}), and only ${daemons} were targets: ${were}.`,
  ];
}

function scrapeReasons(tally: TargetTally, { planned, dropped }: Evidence['ticks']): readonly string[] {
  const { target, role, covered, late, missed, firstError } = tally;
  const first = firstError === undefined ? '' : ` The first error: ${firstError}`;
  if (covered === 0) {
    const name = role === 'further' ? `Target ${target} was` : `Daemon ${target} was expected, but`;
    return [`${name} never seen in ${planned} ticks.${first}`];
  }
  const absent = planned - dropped - covered - late - missed;
  const parts = [
    ...(missed > 0 ? [`missed on ${missed}`] : []),
    ...(late > 0 ? [`late on ${late}`] : []),
    ...(absent > 0 ? [`not yet or no longer a target on ${absent}`] : []),
  ];
  return parts.length === 0
    ? []
    : [`Target ${target} was ${parts.join(' and ')} of ${planned} ticks.${first}`];
}

function alignmentReasons(
  { alignment, intervalSeconds }: Evidence,
  thresholds: Thresholds,
): readonly string[] {
  const limit = thresholds.alignmentShareOfInterval * intervalSeconds;
  const { p99Seconds } = alignment;
  if (p99Seconds === undefined || p99Seconds <= limit) return [];
  return [
    `Samples were off their tick by ${ms(p99Seconds)} (p99), more than the ${ms(limit)} that are ` +
      `${percent(thresholds.alignmentShareOfInterval)} of the interval.`,
  ];
}

function clockReasons(clock: ClockMeasurement, { clockOffsetSeconds }: Thresholds): readonly string[] {
  const limit = ms(clockOffsetSeconds);
  const { target, farthest } = clock;
  if (beyondError(farthest) > clockOffsetSeconds) {
    const side = farthest.offsetSeconds > 0 ? 'ahead of' : 'behind';
    const off = `${ms(Math.abs(farthest.offsetSeconds))} (+- ${ms(farthest.errorSeconds)}) ${side}`;
    return [
      `The clock of ${target} was ${off} the recorder's, more than ${limit} beyond the error. ` +
        'Synchronise the clocks (NTP).',
    ];
  }
  if (clock.errorSeconds <= clockOffsetSeconds) return [];
  return [
    `The clock of ${target} could only be measured to ${ms(clock.errorSeconds)}, not to ${limit}: ` +
      'the way to it is too slow.',
  ];
}

function eventReasons({ events, firstEvents }: Evidence): readonly string[] {
  return judgedEvents.flatMap(([kind, what]) => {
    const count = events[kind] ?? 0;
    return count === 0 ? [] : [`${what}: ${count} (events.csv). The first: ${firstEvents[kind] ?? ''}`];
  });
}

/** A gap is one of missed scrapes, which are reasons already. */
const judgedEvents: readonly (readonly [EventKind, string])[] = [
  ['reset', 'Counters were reset'],
  ['clock_step', "The recorder's clock was stepped"],
  ['limit_hit', 'Answers exceeded a limit'],
];

function ms(seconds: number): string {
  return `${Number((seconds * 1000).toPrecision(3))} ms`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
