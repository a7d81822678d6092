import type { Verdict } from '../run/manifest.ts';
import { isOver, type Part, type Phase } from './part.ts';

/** The status of a Recording. */
export interface RecordingStatus {
  readonly observedGeneration: number;
  readonly run: string;
  readonly phase: Phase;
  readonly message: string;
  readonly ticks?: Part['ticks'];
  readonly coverage?: number;
  readonly verdict?: Verdict['verdict'];
  readonly startTime?: string;
  readonly stopTime?: string;
  /** By the number of the recorder. */
  readonly shards: Parts;
  readonly conditions: readonly Condition[];
}

export type Parts = Readonly<Record<string, Part>>;

/** https://kubernetes.io/docs/reference/kubernetes-api/definitions/condition-v1-meta/ */
export interface Condition {
  readonly type: 'Recording' | 'Complete' | 'Failed';
  readonly status: 'True' | 'False';
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
  readonly reason: string;
  readonly message: string;
}

export interface Told {
  readonly run: string;
  readonly generation: number;
  /** How many recorders record it; absent: none does. */
  readonly shards?: number;
  readonly parts: Parts;
  /** Whoever has told nothing by now will not. */
  readonly isLate: boolean;
  /** As they are, for the times of their transitions. */
  readonly conditions?: readonly Condition[];
  readonly now: string;
}

/** The whole of what the recorders tell: the same parts make the same status, whoever writes it. */
export function statusOf(told: Told): RecordingStatus {
  const { run, generation, conditions = [], now } = told;
  const missing = told.isLate ? missingParts(told) : {};
  const known = { ...told.parts, ...missing };
  const parts = heard(known);
  const all = Object.values(parts);
  const { shards = all.length } = told;
  const phase = phaseOf(all, shards);
  const verdict = verdictOf(phase, all);
  const message = messageOf(parts, shards);
  const condition = (type: Condition['type'], isTrue: boolean): Condition => {
    const status = isTrue ? 'True' : 'False';
    const before = conditions.find((each) => each.type === type);
    return {
      type,
      status,
      observedGeneration: generation,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
      reason: reasonOf(phase, verdict, all),
      message,
    };
  };
  return {
    observedGeneration: generation,
    run,
    phase,
    message,
    ...figuresOf(all),
    ...(verdict !== undefined && { verdict }),
    shards: known,
    conditions: [
      condition('Recording', phase === 'Recording' || phase === 'Stopping'),
      condition('Complete', phase === 'Completed'),
      condition('Failed', phase === 'Failed'),
    ],
  };
}

/** Of recorders that have told nothing, or whose last word is of a run that is on. */
function missingParts({ parts, shards = 0 }: Told): Parts {
  const silent = Array.from({ length: shards }, (_, shard) => String(shard)).filter((shard) => {
    const part = parts[shard];
    return part === undefined || !isOver(part);
  });
  return Object.fromEntries(
    silent.map((shard) => [
      shard,
      {
        ...parts[shard],
        phase: 'Failed',
        reason: 'Unavailable',
        message:
          'It has not told how the run ended: it is not running, or does not reach the Kubernetes API.',
      },
    ]),
  );
}

/** Who waits has nothing to tell of what others record, or have refused. */
function heard(parts: Parts): Parts {
  const others = Object.entries(parts).filter(([, { phase }]) => phase !== 'Pending');
  return others.length === 0 ? parts : Object.fromEntries(others);
}

function phaseOf(parts: readonly Part[], shards: number): Phase {
  const phases = new Set(parts.map(({ phase }) => phase));
  if (parts.every(isOver)) {
    // Some are still to be heard of.
    if (parts.length < shards) return phases.has('Completed') ? 'Stopping' : 'Starting';
    return phases.has('Completed') ? 'Completed' : 'Failed';
  }
  if (phases.has('Pending')) return 'Pending';
  if (phases.has('Stopping')) return 'Stopping';
  return phases.has('Recording') ? 'Recording' : 'Starting';
}

const worst = ['inconclusive', 'degraded', 'valid'] as const;

/** The worst of all; what one of them did not record leaves the run inconclusive. */
function verdictOf(phase: Phase, parts: readonly Part[]): Verdict['verdict'] | undefined {
  if (phase !== 'Completed') return undefined;
  if (parts.some((part) => part.phase === 'Failed')) return 'inconclusive';
  return worst.find((verdict) => parts.some((part) => part.verdict === verdict));
}

function messageOf(parts: Parts, shards: number): string {
  const entries = Object.entries(parts);
  const [first = '', ...others] = new Set(entries.map(([, part]) => part.message));
  const isRefused = entries.every(([, { phase }]) => phase === 'Failed' || phase === 'Pending');
  // What all of them refuse for the same reason is told once.
  if (others.length === 0 && (shards === 1 || isRefused)) return first;
  return entries.map(([shard, { message }]) => `Recorder ${shard}: ${message}`).join(' ');
}

function reasonOf(phase: Phase, verdict: string | undefined, parts: readonly Part[]): string {
  if (phase === 'Failed') return parts.find(({ reason }) => reason !== undefined)?.reason ?? phase;
  if (phase !== 'Completed' || verdict === undefined) return phase;
  return verdict.charAt(0).toUpperCase() + verdict.slice(1);
}

/** A tick is done where all have done it. */
function figuresOf(
  parts: readonly Part[],
): Pick<RecordingStatus, 'ticks' | 'coverage' | 'startTime' | 'stopTime'> {
  const counts = parts.flatMap(({ ticks }) => ticks ?? []);
  const shares = parts.flatMap(({ coverage }) => coverage ?? []);
  const [startTime] = parts.flatMap((part) => part.startTime ?? []).toSorted();
  const stopTime = parts
    .flatMap((part) => part.stopTime ?? [])
    .toSorted()
    .at(-1);
  const planned = Math.max(...counts.map((each) => each.planned));
  const done = Math.min(...counts.map((each) => each.done));
  return {
    ...(counts.length > 0 && { ticks: { planned, done, dropped: planned - done } }),
    ...(shares.length > 0 && { coverage: Math.min(...shares) }),
    ...(startTime !== undefined && { startTime }),
    ...(stopTime !== undefined && parts.every(isOver) && { stopTime }),
  };
}
