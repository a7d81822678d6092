import type { StartAnswer, StopAnswer } from '../api.ts';
import type { Control } from '../control.ts';
import { isoTime } from '../csv/rows.ts';
import type { Refusal } from '../refusal.ts';
import type { Manifest } from '../run/manifest.ts';
import { secondsOf } from '../run/pastScrapes.ts';
import { type Part, partOfStatus, partOfStop, pendingPart, refusalOf, refusedPart } from './part.ts';
import type { Pending } from './pending.ts';
import type { Shard } from '../shards/shard.ts';
import type { Own, OwnRun } from './reconcile.ts';
import type { RecordingObject } from './recordingObject.ts';

/** The run that is on here, as it was agreed on. */
export interface AgreedRun extends OwnRun {
  readonly first: number;
  /** Of its Recording; absent: the Lease was not seen since this recorder was started. */
  readonly uid?: string;
}

/** What has become of a start. */
export type Outcome = { readonly answer: StartAnswer } | { readonly refusal: Refusal };

/** What this recorder does of Recordings, and has to tell of them. */
export interface OwnRuns {
  state(): Own;
  /** Undefined: the run that is on, if any, was not agreed on. */
  agreedRun(): AgreedRun | undefined;
  /** It has been started now. */
  started(run: AgreedRun, answer: StartAnswer): void;
  refuse(uid: string, refusal: Refusal): void;
  /** It would be refused so now, and is asked again. */
  wait(uid: string, pending: Pending, refusal: Refusal): void;
  /** What others have refused. */
  hear(recordings: readonly RecordingObject[]): void;
  tell(uid: string, part: Part): void;
  /** The run that this recorder goes on with is of that Recording. */
  belongsTo(uid: string): void;
  /** It ends behind that tick. */
  endAfter(last: number): void;
  /** It was stopped here behind that tick: the Lease is to tell it, and then does. */
  stopped(uid: string, last: number): void;
  isStopTold(uid: string): void;
  /** Takes up how the run that is on goes. */
  refresh(): void;
  /** What has become of a start; after so many seconds it is refused as `why` says. */
  outcome(uid: string, seconds: number, why: () => Refusal): Promise<Outcome>;
  /** Nothing is to be told any more of any but these. */
  keep(uids: ReadonlySet<string>): void;
}

/** @param unfinished the run that this recorder goes on with. */
export function createOwnRuns(
  control: Control,
  { shard, shards }: Shard,
  clock: () => number,
  unfinished?: Manifest,
): OwnRuns {
  const parts = new Map<string, Part>();
  const pendings = new Map<string, Pending>();
  const stopped = new Map<string, number>();
  const outcomes = new Map<string, Outcome>();
  const waiting = new Map<string, (outcome: Outcome) => void>();
  let run = unfinishedRun(unfinished);

  control.onStop((answer: StopAnswer) => {
    const { uid } = agreedRun() ?? {};
    if (uid !== undefined) parts.set(uid, partOfStop(answer, isoTime(clock()), parts.get(uid)));
    run = undefined;
  });

  function agreedRun(): AgreedRun | undefined {
    return run?.run === control.current() ? run : undefined;
  }

  function settle(uid: string, outcome: Outcome): void {
    outcomes.set(uid, outcome);
    waiting.get(uid)?.(outcome);
    waiting.delete(uid);
  }

  function refuse(uid: string, refusal: Refusal): void {
    parts.set(uid, refusedPart(refusal));
    settle(uid, { refusal });
  }

  return {
    state: () => {
      const current = control.current();
      const own = agreedRun() ?? (current === undefined ? undefined : { run: current });
      return { shard, shards, parts, pending: pendings, stopped, ...(own && { run: own }) };
    },
    agreedRun,
    started: (next, answer) => {
      run = next;
      if (next.uid !== undefined) settle(next.uid, { answer });
    },
    refuse,
    wait: (uid, pending, refusal) => {
      pendings.set(uid, pending);
      parts.set(uid, pendingPart(refusal));
    },
    hear: (recordings) => {
      for (const { metadata, status } of recordings) {
        if (status?.phase !== 'Failed' || !waiting.has(metadata.uid)) continue;
        const failed = status.conditions?.find(({ type }) => type === 'Failed');
        settle(metadata.uid, { refusal: refusalOf(status.message ?? '', failed?.reason) });
      }
    },
    tell: (uid, part) => {
      parts.set(uid, part);
    },
    belongsTo: (uid) => {
      if (run !== undefined) run = { ...run, uid };
    },
    endAfter: (last) => {
      if (run !== undefined) run = { ...run, last };
      control.endAfter(last);
    },
    stopped: (uid, last) => {
      stopped.set(uid, last);
    },
    isStopTold: (uid) => {
      stopped.delete(uid);
    },
    refresh: () => {
      const { uid, last } = agreedRun() ?? {};
      const { recording } = control.status();
      if (uid === undefined || recording === undefined) return;
      parts.set(uid, partOfStatus(last === undefined ? 'Recording' : 'Stopping', recording));
    },
    outcome: async (uid, seconds, why) => {
      const known = outcomes.get(uid);
      if (known !== undefined) return known;
      return new Promise((resolve) => {
        waiting.set(uid, resolve);
        setTimeout(() => {
          if (waiting.has(uid)) refuse(uid, why());
        }, seconds * 1000).unref();
      });
    },
    keep: (uids) => {
      for (const map of [parts, pendings, stopped, outcomes]) {
        for (const uid of map.keys()) if (!uids.has(uid) && uid !== run?.uid) map.delete(uid);
      }
    },
  };
}

function unfinishedRun(manifest: Manifest | undefined): AgreedRun | undefined {
  const first = manifest?.settings.firstTick;
  return manifest === undefined || first === undefined
    ? undefined
    : { run: manifest.run, first: secondsOf(first) };
}
