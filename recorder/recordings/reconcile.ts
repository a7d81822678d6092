import { type Agreement, lastTick, plannedEnd } from './agreement.ts';
import { Refusal } from '../refusal.ts';
import type { Shard } from '../shards/shard.ts';
import { isOver, type Part } from './part.ts';
import { isDue, type Pending } from './pending.ts';
import { type RecordingObject, requestOf } from './recordingObject.ts';
import { statusOf } from './status.ts';

/** All that a recorder has to know to decide what it does next. */
export interface View {
  readonly recordings: readonly RecordingObject[];
  /** What the Lease says. */
  readonly agreement?: Agreement;
  /** Uids of Recordings that are known to be gone: the watch of the Lease may be ahead of theirs. */
  readonly gone: ReadonlySet<string>;
  readonly own: Own;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** This recorder. */
export interface Own extends Shard {
  /** The run that is on here. */
  readonly run?: OwnRun;
  /** What it has to tell of Recordings, by uid. */
  readonly parts: ReadonlyMap<string, Part>;
  /** For what daemons are waited, by uid. */
  readonly pending: ReadonlyMap<string, Pending>;
  /** The last tick of what was stopped here by a call, and not by the Lease, by uid. */
  readonly stopped: ReadonlyMap<string, number>;
}

export interface OwnRun {
  readonly run: string;
  /** The first tick, where it was agreed on, in seconds since the epoch. */
  readonly first?: number;
  /** The last tick that it was told. */
  readonly last?: number;
}

/** What to do. Afterwards the view is another one. */
export type Step =
  /** Write into the Lease that this one is recorded; if it cannot be, refuse it, or wait for its daemons. */
  | { readonly do: 'claim'; readonly recording: RecordingObject }
  | { readonly do: 'join'; readonly recording: RecordingObject; readonly agreement: Agreement }
  /** Find out whether the Recording is gone. */
  | { readonly do: 'look'; readonly agreement: Agreement }
  /** Write the last tick into the Lease. */
  | { readonly do: 'agreeLast'; readonly agreement: Agreement; readonly last: number }
  /** Let the own run end behind that tick. */
  | { readonly do: 'endAfter'; readonly last: number }
  | { readonly do: 'refuse'; readonly recording: RecordingObject; readonly refusal: Refusal };

/** Seconds behind the last tick after which a recorder that has told nothing is not waited for. */
const reportPatience = 30;

/** The next step; undefined: all is as it should be. It is asked again until then. */
export function reconcile(view: View): Step | undefined {
  const { agreement, recordings } = view;
  if (agreement !== undefined && isPast(view.own, agreement)) {
    return view.own.run?.last === undefined ? { do: 'endAfter', last: view.now } : undefined;
  }
  const active = recordings.find(({ metadata }) => metadata.uid === agreement?.recording.uid);
  return (
    (agreement &&
      (keepAgreement(view, agreement, active) ?? (active && takePart(view, agreement, active)))) ??
    takeNext(view, agreement, active)
  );
}

/** The run that is on here is one before that which was agreed on: this recorder was away when it ended. */
function isPast({ run }: Own, agreement: Agreement): boolean {
  return run?.first !== undefined && run.first < agreement.first;
}

/** Of the run that is on: when it ends. */
function keepAgreement(
  { own, now, gone }: View,
  agreement: Agreement,
  active: RecordingObject | undefined,
): Step | undefined {
  const { last } = agreement;
  if (last !== undefined) {
    return isOurs(own, agreement) && own.run?.last !== last ? { do: 'endAfter', last } : undefined;
  }
  const stopped = own.stopped.get(agreement.recording.uid);
  if (stopped !== undefined) return { do: 'agreeLast', agreement, last: stopped };
  if (active === undefined && !gone.has(agreement.recording.uid)) return { do: 'look', agreement };
  const isToEnd = active === undefined || (active.spec.stop === true && !isFinished(active));
  return isToEnd ? { do: 'agreeLast', agreement, last: lastTick(now, agreement) } : undefined;
}

/** Of the run that is on: that this recorder records its part. */
function takePart({ own, now }: View, agreement: Agreement, active: RecordingObject): Step | undefined {
  if (isFinished(active) || isOurs(own, agreement) || hasTold(own, active)) return undefined;
  // It came when the run was on: it is none of those that record it.
  if (own.shard >= agreement.shards) return undefined;
  // Its daemons are others than those of that number.
  if (own.shards !== agreement.shards) {
    return refuse(active, `This recorder is one of ${own.shards}, the run is of ${agreement.shards}.`);
  }
  if (own.run !== undefined) return refuse(active, `Already recording ${own.run.run}: stop it first.`);
  const part = active.status?.shards?.[own.shard];
  if (part !== undefined && isOver(part)) return undefined;
  const end = agreement.last ?? plannedEnd(agreement, requestOf(active).for);
  // What it has recorded of it before it ended is then in its folder.
  return now > end && isUntold(part)
    ? refuse(active, 'The run was over before this recorder came to it.')
    : { do: 'join', recording: active, agreement };
}

/** Of the Recordings that no recorder records or has refused: the first is recorded, if none is on. */
function takeNext(
  { recordings, own, now }: View,
  agreement: Agreement | undefined,
  active: RecordingObject | undefined,
): Step | undefined {
  const [next] = recordings.filter((each) => isNew(each, own, now) && each !== active).toSorted(byAge);
  if (next === undefined) return undefined;
  if (next.spec.stop === true) return refuse(next, 'spec.stop is true: nothing was recorded.');
  if (agreement !== undefined && !isFree(agreement, active, own, now)) {
    const isEnding = agreement.last !== undefined || own.stopped.has(agreement.recording.uid);
    const isOverHere = own.parts.get(agreement.recording.uid);
    if (isEnding || (isOverHere && isOver(isOverHere))) return undefined;
    return refuse(next, `Already recording ${agreement.run}: stop it first.`);
  }
  // The run of a Recording that is gone is ending.
  if (agreement !== undefined && isOurs(own, agreement)) return undefined;
  if (own.run !== undefined) return refuse(next, `Already recording ${own.run.run}: stop it first.`);
  return { do: 'claim', recording: next };
}

/** Nothing is recorded by it any more. */
export function isFree(
  agreement: Agreement,
  active: RecordingObject | undefined,
  own: Own,
  now: number,
): boolean {
  if (active === undefined) return agreement.last !== undefined && now > agreement.last;
  if (isFinished(active)) return true;
  // What it has to tell itself may not be written yet.
  const part = own.parts.get(active.metadata.uid);
  const parts = { ...active.status?.shards, ...(part && { [own.shard]: part }) };
  const { phase } = statusOf({
    run: agreement.run,
    generation: active.metadata.generation,
    shards: agreement.shards,
    parts,
    isLate: isLate(agreement, active, now),
    now: '',
  });
  return phase === 'Completed' || phase === 'Failed';
}

/** Whether the run has been over for so long that whoever has told nothing of it will not. */
export function isLate(agreement: Agreement, recording: RecordingObject, now: number): boolean {
  const end = agreement.last ?? plannedEnd(agreement, requestOf(recording).for);
  return now > end + reportPatience;
}

/** Whether others record it now, or are about to. */
export function isOn(
  agreement: Agreement,
  active: RecordingObject | undefined,
  own: Own,
  now: number,
): boolean {
  const length = active && requestOf(active).for;
  const end = agreement.last ?? plannedEnd(agreement, length);
  return now <= end && !isFree(agreement, active, own, now);
}

function isFinished({ status }: RecordingObject): boolean {
  return status?.phase === 'Completed' || status?.phase === 'Failed';
}

/** The run that is on here is the one that was agreed on. */
export function isOurs({ run }: Own, agreement: Agreement): boolean {
  return run?.run === agreement.run && run.first === agreement.first;
}

function isNew(recording: RecordingObject, own: Own, now: number): boolean {
  const pending = own.pending.get(recording.metadata.uid);
  return isOpen(recording) && !hasTold(own, recording) && (pending === undefined || isDue(pending, now));
}

/** No recorder records it, or has refused it. */
export function isOpen({ status }: RecordingObject): boolean {
  return status?.phase === undefined || status.phase === 'Pending';
}

function hasTold({ parts }: Own, { metadata }: RecordingObject): boolean {
  return !isUntold(parts.get(metadata.uid));
}

function isUntold(part: Part | undefined): boolean {
  return part === undefined || part.phase === 'Pending';
}

function byAge(a: RecordingObject, b: RecordingObject): number {
  const [one, two] = [a, b].map(({ metadata }) => `${metadata.creationTimestamp} ${metadata.uid}`);
  return (one ?? '').localeCompare(two ?? '');
}

function refuse(recording: RecordingObject, message: string): Step {
  return { do: 'refuse', recording, refusal: new Refusal(409, message) };
}
