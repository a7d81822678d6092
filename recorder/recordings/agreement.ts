import { z } from 'zod';
import { isoTime } from '../csv/rows.ts';
import { secondsOf } from '../run/pastScrapes.ts';
import { leadOf, nextTick, tickCount, tickTime } from '../run/schedule.ts';

/**
 * What the recorders of a namespace have agreed on, in the Lease that all of them watch: which run is on, and
 * on which ticks it begins and ends. Whoever writes it does so only over the version that it has read.
 */
export interface Agreement {
  readonly recording: { readonly name: string; readonly uid: string };
  readonly run: string;
  /** How many recorders record it. */
  readonly shards: number;
  /** Seconds between ticks. */
  readonly interval: number;
  /** The first tick, in seconds since the epoch. */
  readonly first: number;
  /** The last tick; absent: the run is on until then, or for as long as was asked. */
  readonly last?: number;
}

/** Of a Lease what is used here. https://kubernetes.io/docs/concepts/architecture/leases/ */
export interface Lease {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly holderIdentity?: string };
}

export const leaseName = 'kubemon-recording';
const annotation = 'kubemon.io/agreement';

const agreementText = z.object({
  recording: z.object({ name: z.string(), uid: z.string() }),
  run: z.string(),
  shards: z.int().min(1),
  interval: z.number().positive(),
  first: z.iso.datetime(),
  last: z.iso.datetime().optional(),
});

/** Undefined: nothing was agreed on yet, or nothing that can be read. */
export function readAgreement({ metadata }: Lease): Agreement | undefined {
  const { data } = agreementText.safeParse(parsed(metadata.annotations?.[annotation] ?? ''));
  if (data === undefined) return undefined;
  const { first, last, ...rest } = data;
  return { ...rest, first: secondsOf(first), ...(last !== undefined && { last: secondsOf(last) }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The Lease with another agreement; `kubectl get lease` shows the Recording as its holder. */
export function withAgreement(lease: Lease, { first, last, ...rest }: Agreement): Lease {
  const told = { ...rest, first: isoTime(first), ...(last !== undefined && { last: isoTime(last) }) };
  return {
    ...lease,
    metadata: {
      ...lease.metadata,
      annotations: { ...lease.metadata.annotations, [annotation]: JSON.stringify(told) },
    },
    spec: { holderIdentity: rest.recording.name },
  };
}

/** Seconds until the first tick in which every recorder can hear of the run and make its folder. */
const startMargin = 2;
/** Seconds in which every recorder can hear of the end. */
const stopMargin = 1;

export function firstTick(now: number, interval: number): number {
  return tickTime(nextTick(now + startMargin, interval, leadOf(interval)), interval);
}

/** The last tick that somebody may have begun by the time all have heard of it; alone, that which has passed. */
export function lastTick(now: number, { interval, shards }: Agreement): number {
  const index =
    shards === 1
      ? Math.floor(now / interval + 1e-6)
      : nextTick(now + stopMargin, interval, leadOf(interval)) - 1;
  return tickTime(index, interval);
}

/** When the run ends by itself, in seconds since the epoch. */
export function plannedEnd({ first, interval }: Agreement, length = Infinity): number {
  return first + (tickCount(length, interval) - 1) * interval;
}
