import { daemonName } from '../recorder/fleet.ts';
import { type LoadResult, loadResult } from '../recorder/loadResult.ts';
import type { RecordedTicks } from '../recorder/recorder.ts';
import type { RecordedPart, ShardsLoad, ShardsRun } from './recordShards.ts';

/** How one of the recorders did. The first tick does not count in what it has of LoadResult. */
export interface ShardResult extends LoadResult {
  /** Of all ticks, the first included. */
  readonly planned: number;
  readonly dropped: number;
  /** In seconds since the epoch. */
  readonly firstTick: number;
  readonly lastTick: number;
  /** Memory in bytes, before it had heard of its daemons. */
  readonly residentAtStart: number;
  /** Of its folder, and per sample of all ticks. */
  readonly bytes: number;
  readonly bytesPerSample: number;
}

/** How the recorders did together. */
export interface ShardsResult {
  readonly load: ShardsLoad;
  readonly shards: readonly ShardResult[];
  /** Daemons that are in exactly one shard. */
  readonly placed: number;
  /** Ticks between the first one of a shard and that of another; and between the last ones. */
  readonly startSpread: number;
  readonly endSpread: number;
  /** Scrapes of all ticks, and those that brought nothing, or fell on a dropped tick. */
  readonly scrapes: number;
  readonly missed: number;
  /** Of all recorders. */
  readonly samplesPerTick: number;
  readonly cpuPerTick: number;
  /** From a tick's moment until the last of them had synced it, in seconds. */
  readonly committedWorst: number;
  /** Seconds of CPU of the simulated daemons a tick. */
  readonly daemonCpuPerTick: number;
  readonly bytesOnWirePerSample: number;
  readonly verdict: ShardsRun['verdict'];
  /** Absent: nothing was missed, and every tick was committed in time. */
  readonly problem?: string;
}

export function shardsResult(run: ShardsRun): ShardsResult {
  const { load, parts, verdict } = run;
  const members = parts.map(membersOf);
  const shards = parts.map((part, shard) => shardResult(part, members[shard] ?? new Set(), run));
  const owners = Array.from(
    { length: load.daemons },
    (_, daemon) => members.filter((names) => names.has(daemonName(daemon))).length,
  );
  const sum = (of: (shard: ShardResult) => number) => shards.reduce((total, shard) => total + of(shard), 0);
  const result = {
    load,
    shards,
    placed: owners.filter((count) => count === 1).length,
    startSpread: spreadOf(
      shards.map(({ firstTick }) => firstTick),
      load.interval,
    ),
    endSpread: spreadOf(
      shards.map(({ lastTick }) => lastTick),
      load.interval,
    ),
    scrapes: sum(({ planned, daemons }) => planned * daemons),
    missed: sum(({ missed, firstMissed }) => missed + firstMissed),
    samplesPerTick: sum(({ samplesPerTick }) => samplesPerTick),
    cpuPerTick: sum(({ cpuPerTick }) => cpuPerTick),
    committedWorst: Math.max(...shards.map(({ committed }) => committed.worst)),
    daemonCpuPerTick: run.daemonCpu / Math.max(...shards.map(({ planned }) => planned)),
    bytesOnWirePerSample: run.bytesOnWire / run.samplesPerScrape,
    verdict,
  };
  const problem = problemOf(result);
  return { ...result, ...(problem !== undefined && { problem }) };
}

function membersOf({ ticks }: RecordedTicks): ReadonlySet<string> {
  return new Set(ticks.flatMap(({ result }) => result.targets.map(({ target }) => target)));
}

function shardResult(part: RecordedPart, members: ReadonlySet<string>, run: ShardsRun): ShardResult {
  const { ticks, stopped, residentAtStart } = part;
  const own = {
    ...part,
    load: { ...run.load, daemons: members.size },
    arrivals: run.arrivals.filter(({ daemon }) => members.has(daemonName(daemon))),
  };
  const moments = ticks.map(({ result }) => Date.parse(result.timestamp) / 1000);
  const samples = ticks.reduce(
    (total, { result }) => total + result.targets.reduce((sum, { samples: each = 0 }) => sum + each, 0),
    0,
  );
  return {
    ...loadResult(own, 1),
    planned: stopped.ticks.planned,
    dropped: stopped.ticks.dropped,
    firstTick: Math.min(...moments),
    lastTick: Math.max(...moments),
    residentAtStart,
    bytes: stopped.bytes,
    bytesPerSample: stopped.bytes / samples,
  };
}

function spreadOf(moments: readonly number[], interval: number): number {
  return Math.round((Math.max(...moments) - Math.min(...moments)) / interval);
}

function problemOf(result: Omit<ShardsResult, 'problem'>): string | undefined {
  const { load, shards, placed, startSpread, endSpread } = result;
  if (placed < load.daemons) return `${load.daemons - placed} daemons are not in exactly one shard`;
  if (startSpread > 0) return `the shards began ${startSpread} ticks apart`;
  if (endSpread > 0) return `the shards ended ${endSpread} ticks apart`;
  const firstMissed = shards.reduce((sum, shard) => sum + shard.firstMissed, 0);
  const [problem] = shards.flatMap((shard) => shard.problem ?? []);
  if (problem !== undefined) return problem;
  return firstMissed > 0
    ? `${firstMissed} scrapes of the first tick were missed, when every series is new`
    : undefined;
}
