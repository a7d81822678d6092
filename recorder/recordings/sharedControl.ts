import { isStatus, KubernetesApiError } from '../../exporter/serve/kubernetes/api.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { StartAnswer, StopAnswer } from '../api.ts';
import type { Control } from '../control.ts';
import type { RunRequest } from '../control/runRequest.ts';
import { isoTime } from '../csv/rows.ts';
import { Refusal } from '../refusal.ts';
import { type Agreement, lastTick } from './agreement.ts';
import type { OwnRuns } from './ownRuns.ts';
import { isFree, isOn, isOurs } from './reconcile.ts';
import { recordingFor, type RecordingObject } from './recordingObject.ts';
import type { RecordingStore } from './store.ts';
import type { Turns } from './turns.ts';

export interface SharedOptions {
  readonly control: Control;
  readonly store: RecordingStore;
  readonly own: OwnRuns;
  readonly turns: Turns;
  readonly shards: number;
  readonly clock: () => number;
}

/** Seconds that a start may take once its Recording is there. */
const startPatience = 15;

/** The verbs of the recorder, of which start and stop are told to all through the Kubernetes API. */
export function sharedControl({ control, store, own, turns, shards, clock }: SharedOptions): Control {
  const starting = new Set<Promise<unknown>>();

  async function start(request: RunRequest): Promise<StartAnswer> {
    // Of those that come together the first starts, and the others are refused as if they came later.
    while (starting.size > 0) await Promise.allSettled(starting);
    if (!store.isThere()) return startAlone(request);
    const started = startEverywhere(request);
    starting.add(started);
    try {
      return await started;
    } finally {
      starting.delete(started);
    }
  }

  /** Where the cluster knows no Recordings, or the recorder may not see them. */
  async function startAlone(request: RunRequest): Promise<StartAnswer> {
    if (shards === 1) return control.start(request);
    throw new Refusal(
      503,
      `${shards} recorders agree on a run by its Recording and their Lease, and this one sees none: apply k8s/components/recordings, or see its log for why the Kubernetes API does not tell them.`,
    );
  }

  async function startEverywhere(request: RunRequest): Promise<StartAnswer> {
    await control.check(request);
    requireFree();
    let recording: RecordingObject;
    try {
      recording = await create(request);
    } catch (error) {
      return startHere(request, error);
    }
    const outcome = await turns.outcome(recording, startPatience);
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.answer;
  }

  function requireFree(): void {
    const { agreement, recordings, own: state, now } = turns.view();
    const active = recordings.find(({ metadata }) => metadata.uid === agreement?.recording.uid);
    // What is gone or ends is waited for.
    if (agreement === undefined || active === undefined || agreement.last !== undefined) return;
    if (isFree(agreement, active, state, now)) return;
    throw new Refusal(409, `Already recording ${agreement.run}: stop it first.`);
  }

  async function create(request: RunRequest): Promise<RecordingObject> {
    try {
      return await store.create(recordingFor(request, false));
    } catch (error) {
      // That of an earlier run.
      if (isStatus(error, 409)) return store.create(recordingFor(request, true));
      throw error;
    }
  }

  /** Without its Recording: alone a recorder needs nobody to agree with. */
  async function startHere(request: RunRequest, error: unknown): Promise<StartAnswer> {
    const why = messageOf(error);
    if (isStatus(error, 400, 422)) throw new Refusal(400, why);
    const told =
      error instanceof KubernetesApiError
        ? `refuses its Recording (${error.status} ${why})`
        : `is away (${why})`;
    if (shards > 1) {
      throw new Refusal(
        503,
        `The Kubernetes API ${told}, and ${shards} recorders cannot agree on a run without it.`,
      );
    }
    const answer = await control.start(request);
    return {
      ...answer,
      message: `${answer.message}. kubectl does not show this run: the Kubernetes API ${told}.`,
    };
  }

  async function stop(): Promise<StopAnswer> {
    // Whoever asks while a run starts means this run.
    await Promise.allSettled(starting);
    const { agreement, recordings, own: state, now } = turns.view();
    if (agreement === undefined) return stopUnknown();
    if (isOurs(state, agreement)) return stopOurs(agreement);
    const active = recordings.find(({ metadata }) => metadata.uid === agreement.recording.uid);
    if (!isOn(agreement, active, state, now)) return control.stop();
    // It is just being joined.
    if (control.current() === agreement.run && control.phase() === 'starting') return stopOurs(agreement);
    return control.current() === undefined ? stopOthers(agreement) : control.stop();
  }

  /** The run that is on was agreed on, but nobody has told by whom: the Lease was not seen yet. */
  async function stopUnknown(): Promise<StopAnswer> {
    const run = own.agreedRun();
    const answer = await control.stop();
    const agreement = store.agreement();
    if (agreement !== undefined && run !== undefined && isOurs({ ...turns.view().own, run }, agreement)) {
      tellStop(agreement);
    }
    return answer;
  }

  async function stopOurs(agreement: Agreement): Promise<StopAnswer> {
    own.belongsTo(agreement.recording.uid);
    if (agreement.shards === 1) return stopHere(agreement);
    const last = await agreedLast(agreement);
    if (last !== undefined) return stopBehind(last);
    const answer = await stopHere(agreement);
    const others = 'The other recorders go on until the Kubernetes API, which is away, tells them to stop.';
    return {
      ...answer,
      message: [answer.problem === undefined ? `${answer.message}.` : answer.message, others].join(' '),
    };
  }

  /** @throws Refusal in any case: there is nothing here to tell of the run. */
  async function stopOthers(agreement: Agreement): Promise<never> {
    const { run } = agreement;
    const last = await agreedLast(agreement);
    if (last === undefined) {
      throw new Refusal(
        503,
        `Run ${run} is not on in this recorder, and the others cannot be told to stop it: the Kubernetes API is away.`,
      );
    }
    throw new Refusal(
      409,
      `Run ${run} is not on in this recorder, and ends in all others behind ${isoTime(last)}.`,
    );
  }

  /** Undefined: nobody can be told now. */
  async function agreedLast(agreement: Agreement): Promise<number | undefined> {
    if (agreement.last !== undefined) return agreement.last;
    const last = lastTick(clock(), agreement);
    try {
      return (await store.agree({ ...agreement, last }, store.version())) ? last : store.agreement()?.last;
    } catch {
      return undefined;
    }
  }

  async function stopHere(agreement: Agreement): Promise<StopAnswer> {
    const last = lastTick(clock(), { ...agreement, shards: 1 });
    const answer = await control.stop();
    tellStop(agreement, last);
    return answer;
  }

  /** To the Lease, for the others to stop, too. */
  function tellStop(agreement: Agreement, last = lastTick(clock(), agreement)): void {
    own.stopped(agreement.recording.uid, last);
    turns.wake();
  }

  async function stopBehind(last: number): Promise<StopAnswer> {
    if (control.phase() !== 'recording') return control.stop();
    return new Promise((resolve) => {
      const end = control.onStop((answer) => {
        end();
        resolve(answer);
      });
      own.endAfter(last);
    });
  }

  return {
    ...control,
    start,
    stop,
    close: async () => {
      await control.close();
      await turns.close();
    },
    suspend: async () => {
      turns.leave();
      await control.suspend();
    },
  };
}
