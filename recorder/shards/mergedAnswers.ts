import type {
  DaemonsAnswer,
  InstancesAnswer,
  LastingProblem,
  RunsAnswer,
  RunStatus,
  RunSummary,
  StatusAnswer,
  TickResult,
} from '../api.ts';
import { mergeTickCounts, mergeVerdicts, worstOf } from './mergeManifests.ts';
import { areApart, newestOf } from './oneRun.ts';
import { compare, distinct, inOrder, least, told } from './partManifest.ts';
import { answered, type Answered, asked, type ShardAnswer } from './shardAnswer.ts';

/*
 * What the shards answer to one question as one answer. Whoever does not answer is named in `shards` and in the
 * message; what it would have told is left out, but for a verdict, which is then inconclusive.
 */

/** GET /daemons */
export function mergeDaemons(all: readonly ShardAnswer<DaemonsAnswer>[]): DaemonsAnswer {
  const answers = answered(all);
  const connected = sum(answers.map(({ answer }) => answer.connected));
  const expected = sum(answers.map(({ answer }) => answer.expected));
  const reason = answers.map(({ shard, answer }) => `${answer.expected} in shard ${shard}`).join(', ');
  const discovery = discoveryOf(answers);
  const count = `${connected} of ${expected} daemons are connected (${reason}).`;
  return {
    ...asked([count, ...sentences(discovery)].join(' '), all),
    connected,
    expected,
    reason,
    ...(discovery.length > 0 && { discovery }),
    daemons: inOrder(answers.flatMap(({ answer }) => answer.daemons)),
  };
}

/** GET /instances */
export function mergeInstances(all: readonly ShardAnswer<InstancesAnswer>[]): InstancesAnswer {
  const answers = answered(all);
  const nodes = answers.flatMap(({ answer }) => answer.nodes).toSorted((a, b) => compare(a.target, b.target));
  const total = sum(answers.map(({ answer }) => answer.total));
  return { ...asked(`${total} monitor instances on ${nodes.length} nodes.`, all), total, nodes };
}

/** GET /runs */
export function mergeRuns(all: readonly ShardAnswer<RunsAnswer>[]): RunsAnswer {
  const answers = answered(all);
  const parts = new Map<string, RunSummary[]>();
  const whole: RunSummary[] = [];
  for (const run of answers.flatMap(({ answer }) => answer.runs)) {
    if (run.shard === undefined) whole.push(run);
    else parts.set(run.run, [...(parts.get(run.run) ?? []), run]);
  }
  const together = Array.from(parts.values(), mergeSummaries);
  const runs = [...whole, ...together].toSorted((a, b) => compare(a.start, b.start));
  const places = answers.map(({ shard, answer }) => `Shard ${shard}: ${answer.message}`);
  const failures = answers.flatMap(({ shard, answer }) => (answer.failures ?? []).map(told({ shard })));
  return {
    ...asked([`${runs.length} runs.`, ...places].join(' '), all),
    runs,
    ...(failures.length > 0 && { failures }),
  };
}

function mergeSummaries(all: readonly RunSummary[]): RunSummary {
  const newest = newestOf(all);
  const parts = all.filter(
    (part) => newest !== undefined && part.shards === newest.shards && !areApart(newest, part),
  );
  const shards = newest?.shards ?? 1;
  const missingShards = Array.from({ length: shards }, (_, shard) => shard).filter(
    (shard) => !parts.some((part) => part.shard === shard),
  );
  const stops = parts.flatMap(({ stop }) => stop ?? []);
  const verdicts = parts.flatMap(({ verdict }) => verdict ?? []);
  const state = worstState(parts);
  return {
    run: newest?.run ?? '',
    shards,
    ...(missingShards.length > 0 && { missingShards }),
    state,
    start: least(parts.map(({ start }) => start)),
    ...(stops.length === parts.length && { stop: stops.reduce((a, b) => (b > a ? b : a)) }),
    ticks: Math.max(...parts.map(({ ticks }) => ticks)),
    bytes: sum(parts.map(({ bytes }) => bytes)),
    ...(state === 'stopped' && {
      verdict: missingShards.length > 0 ? 'inconclusive' : worstOf(verdicts),
    }),
  };
}

function worstState(parts: readonly Pick<RunSummary, 'state'>[]): RunSummary['state'] {
  const states = parts.map(({ state }) => state);
  return (
    states.find((state) => state === 'recording') ?? states.find((state) => state !== 'stopped') ?? 'stopped'
  );
}

/** GET /status */
export function mergeStatus(all: readonly ShardAnswer<StatusAnswer>[]): StatusAnswer {
  const answers = answered(all);
  const connected = sum(answers.map(({ answer }) => answer.daemons.connected));
  const expected = sum(answers.map(({ answer }) => answer.daemons.expected));
  const discovery = discoveryOf(answers);
  const recording = mergeRecordings(answers, all.length);
  const last = mergeLast(answers, all.length);
  // Of their disks the one that is full first.
  const freeBytes = answers.flatMap(({ answer }) => answer.freeBytes ?? []);
  return {
    ...asked([statusMessage(answers, recording), ...sentences(discovery)].join(' '), all),
    daemons: { connected, expected },
    ...(discovery.length > 0 && { discovery }),
    ...(recording && { recording }),
    ...(last && { last }),
    ...(freeBytes.length > 0 && { freeBytes: Math.min(...freeBytes) }),
  };
}

function statusMessage(answers: readonly Answered<StatusAnswer>[], recording: RunStatus | undefined): string {
  if (recording === undefined) return distinct(answers.map(ownWords)).join(' ');
  const { run, ticks, verdict, problems = [] } = recording;
  const others = answers
    .filter(({ answer }) => answer.recording?.run !== run)
    .map((each) => `Shard ${each.shard} does not record it: ${ownWords(each)}`);
  const progress = `${ticks.done} of ${ticks.planned} ticks so far, ${verdict.verdict}`;
  return [`Recording ${run}: ${progress}.`, ...others, ...sentences(problems)].join(' ');
}

/** Its message without what it tells of discovery: that is told of all at once. */
function ownWords({ answer: { message, discovery = [] } }: Answered<StatusAnswer>): string {
  const end = sentences(discovery).join(' ');
  return message.endsWith(end) ? message.slice(0, message.length - end.length).trimEnd() : message;
}

/** The run that most shards record. */
function mergeRecordings(answers: readonly Answered<StatusAnswer>[], shards: number): RunStatus | undefined {
  const recordings = answers.flatMap(({ shard, answer: { recording } }) =>
    recording === undefined ? [] : [{ shard, ...recording }],
  );
  const run = mostFrequent(recordings.map((each) => each.run));
  const [first, ...others] = recordings.filter((each) => each.run === run);
  if (first === undefined) return undefined;
  const parts = [first, ...others] as const;
  const coverages = parts.flatMap(({ coverage }) => coverage ?? []);
  const alignments = parts.flatMap(({ alignmentP99Seconds }) => alignmentP99Seconds ?? []);
  const lastTick = mergeTicks(parts.flatMap((part) => part.lastTick ?? []));
  const problems = parts.flatMap(({ shard, problems: own = [] }) =>
    own.map(({ message, since }) => ({ message: told({ shard })(message), since })),
  );
  return {
    run: first.run,
    path: first.path,
    start: least(parts.map(({ start }) => start)),
    interval: first.interval,
    ...(first.for !== undefined && { for: first.for }),
    elapsed: Math.max(...parts.map(({ elapsed }) => elapsed)),
    ticks: mergeTickCounts(parts.map(({ ticks }) => ticks)),
    ...(coverages.length > 0 && { coverage: Math.min(...coverages) }),
    ...(alignments.length > 0 && { alignmentP99Seconds: Math.max(...alignments) }),
    rows: sum(parts.map(({ rows }) => rows)),
    bytes: sum(parts.map(({ bytes }) => bytes)),
    verdict: mergeVerdicts(parts, silentOf(parts, shards), shards),
    ...(lastTick && { lastTick }),
    ...(problems.length > 0 && { problems }),
  };
}

/** The last tick of which all tell; one that any of them has dropped is dropped. */
function mergeTicks(ticks: readonly TickResult[]): TickResult | undefined {
  const timestamp = least(ticks.map((tick) => tick.timestamp));
  const same = ticks.filter((tick) => tick.timestamp === timestamp);
  const [first] = same;
  if (first === undefined) return undefined;
  const dropped = same.find(({ state }) => state === 'dropped') ?? first;
  return {
    run: first.run,
    timestamp: first.timestamp,
    state: dropped.state,
    ...(dropped.reason !== undefined && { reason: dropped.reason }),
    rows: sum(same.map(({ rows }) => rows)),
    targets: same.flatMap(({ targets }) => targets),
  };
}

/** Of the last run of all: it is that of most shards. */
function mergeLast(answers: readonly Answered<StatusAnswer>[], shards: number): StatusAnswer['last'] {
  const lasts = answers.flatMap(({ shard, answer: { last } }) =>
    last === undefined ? [] : [{ shard, ...last }],
  );
  const run = mostFrequent(lasts.map((each) => each.run));
  const [first, ...others] = lasts.filter((each) => each.run === run);
  if (first === undefined) return undefined;
  const parts = [first, ...others] as const;
  const problems = parts.flatMap((part) => (part.problem === undefined ? [] : [told(part)(part.problem)]));
  return {
    run: first.run,
    path: first.path,
    verdict: mergeVerdicts(parts, silentOf(parts, shards), shards),
    ...(problems.length > 0 && { problem: problems.join(' ') }),
  };
}

function silentOf(parts: readonly { readonly shard: number }[], shards: number): readonly number[] {
  return Array.from({ length: shards }, (_, shard) => shard).filter(
    (shard) => !parts.some((part) => part.shard === shard),
  );
}

function mostFrequent(values: readonly string[]): string | undefined {
  const count = (value: string) => values.filter((each) => each === value).length;
  return distinct(values).toSorted((a, b) => count(b) - count(a))[0];
}

/** All shards ask the same API server: what several of them say is said once, since it was first seen. */
function discoveryOf(
  answers: readonly Answered<{ readonly discovery?: readonly LastingProblem[] }>[],
): readonly LastingProblem[] {
  const all = answers
    .flatMap(({ answer }) => answer.discovery ?? [])
    .toSorted((a, b) => compare(a.since, b.since));
  return all.filter(({ message }, index) => all.findIndex((each) => each.message === message) === index);
}

function sentences(problems: readonly LastingProblem[]): readonly string[] {
  return problems.map(({ message, since }) => `Since ${since}: ${message}`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
