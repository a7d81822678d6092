import type { Arrivals } from './daemonMessages.ts';
import { daemonName } from './fleet.ts';
import type { Load } from './measureRun.ts';
import { quantile } from './quantile.ts';
import type { RecordedTicks, ToldTick } from './recorder.ts';

/** How a recorder did under a load, on all ticks but the first ones. Times are seconds, memory bytes. */
export interface LoadResult {
  readonly daemons: number;
  readonly ticks: number;
  /** Of all these ticks. */
  readonly samples: number;
  readonly samplesPerTick: number;
  readonly cpuPerTick: number;
  /** Of one core. */
  readonly cpuShare: number;
  /** Highest resident memory so far. */
  readonly highest: number;
  /** Share of the scrapes whose request was at the daemon before its tick. */
  readonly askedInTime: number;
  /** From a tick's moment until it was synced. */
  readonly committed: { readonly median: number; readonly worst: number };
  /** Scrapes that brought nothing, of daemons that answer in time. */
  readonly missed: number;
  /** Absent: it holds. Else what went wrong first. */
  readonly problem?: string;
  /** CPU until the end of the first tick beyond that of a later one: probes, and every series is new. */
  readonly firstSight: number;
  /** Scrapes of the first tick that brought nothing. */
  readonly firstMissed: number;
}

/** Share of the interval after which a tick is committed too late. */
export const latestCommit = 0.8;

/** @param first ticks that are left out: series are new, and V8 still compiles. At least 1. */
export function loadResult(
  run: Pick<RecordedTicks, 'before' | 'ticks'> & { readonly load: Load; readonly arrivals: Arrivals },
  first: number,
): LoadResult {
  const { load, before, ticks } = run;
  const [opening] = ticks;
  const start = ticks[first - 1];
  const end = ticks.at(-1);
  if (opening === undefined || start === undefined || end === undefined || start === end) {
    throw new Error(
      `Of ${load.ticks} ticks ${ticks.length} were told, but there must be more than ${first}.`,
    );
  }
  const steady = ticks.slice(first);
  const cpuPerTick = (end.use.cpu - start.use.cpu) / steady.length;
  const samples = steady.reduce((sum, tick) => sum + samplesOf(tick), 0);
  const delays = steady.map(({ committedAfter }) => committedAfter);
  const moments = new Set(steady.map(({ result }) => Date.parse(result.timestamp) / 1000));
  const asked = run.arrivals.filter(({ at, arrivedAt }) => moments.has(at) && arrivedAt < at).length;
  const missed = steady.reduce((sum, tick) => sum + missedOf(tick, load), 0);
  const problem = problemOf(steady, load, missed);
  return {
    daemons: load.daemons,
    ticks: steady.length,
    samples,
    samplesPerTick: samples / steady.length,
    cpuPerTick,
    cpuShare: cpuPerTick / load.interval,
    highest: end.use.highest,
    askedInTime: asked / (steady.length * load.daemons),
    committed: { median: quantile(delays, 0.5), worst: quantile(delays, 1) },
    missed,
    ...(problem !== undefined && { problem }),
    firstSight: opening.use.cpu - before.cpu - cpuPerTick,
    firstMissed: missedOf(opening, load),
  };
}

function samplesOf({ result }: ToldTick): number {
  return result.targets.reduce((sum, { samples = 0 }) => sum + samples, 0);
}

/** Of a dropped tick, all. */
function missedOf({ result }: ToldTick, { daemons, late }: Load): number {
  const isLate = lateNames(late?.daemons ?? 0);
  return daemons - isLate.size - result.targets.filter(({ target, up }) => up && !isLate.has(target)).length;
}

function problemOf(ticks: readonly ToldTick[], load: Load, missed: number): string | undefined {
  const isLate = lateNames(load.late?.daemons ?? 0);
  if (missed > 0) {
    const reasons = ticks.flatMap(({ result }) => [
      result.reason,
      ...result.targets.filter(({ target }) => !isLate.has(target)).map(({ error }) => error),
    ]);
    return reasons.find((reason) => reason !== undefined) ?? 'a target was not scraped';
  }
  const worst = Math.max(...ticks.map(({ committedAfter }) => committedAfter));
  // Of a daemon that is late a tick waits for the timeout.
  if (isLate.size > 0 || worst <= latestCommit * load.interval) return undefined;
  return `a tick was committed after ${worst.toFixed(2)} s`;
}

function lateNames(daemons: number): ReadonlySet<string> {
  return new Set(Array.from({ length: daemons }, (_, daemon) => daemonName(daemon)));
}
