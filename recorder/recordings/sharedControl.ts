import { isStatus, KubernetesApiError } from '../../exporter/serve/kubernetes/api.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { StartAnswer } from '../api.ts';
import type { Control } from '../control.ts';
import type { RunRequest } from '../control/runRequest.ts';
import { Refusal } from '../refusal.ts';
import { isFree, isOn } from './reconcile.ts';
import { recordingFor, type RecordingObject } from './recordingObject.ts';
import { sharedStop, type StopOptions } from './sharedStop.ts';

export interface SharedOptions extends StopOptions {
  readonly shards: number;
}

/** Seconds that a start may take once its Recording is there. */
const startPatience = 15;

/** The verbs of the recorder, of which start and stop are told to all through the Kubernetes API. */
export function sharedControl({ control, store, own, turns, shards, clock }: SharedOptions): Control {
  const starting = new Set<Promise<unknown>>();
  const stop = sharedStop({ control, store, own, turns, clock });

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
    await control.requireDaemons(request);
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
    const counted = clock();
    try {
      return await store.create(recordingFor(request, { isTaken: false, counted }));
    } catch (error) {
      // That of an earlier run.
      if (isStatus(error, 409)) return store.create(recordingFor(request, { isTaken: true, counted }));
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

  /** @throws Refusal where only others record the run that is on: they are to be asked. */
  function requireOwn(): void {
    const { agreement, recordings, own: state, now } = turns.view();
    if (control.current() !== undefined || agreement === undefined) return;
    const active = recordings.find(({ metadata }) => metadata.uid === agreement.recording.uid);
    const others = Object.entries(active?.status?.shards ?? {})
      .filter(([shard, { phase }]) => Number(shard) !== state.shard && phase === 'Recording')
      .map(([shard]) => shard);
    if (others.length === 0 || !isOn(agreement, active, state, now)) return;
    throw new Refusal(
      409,
      `Run ${agreement.run} is not on in this recorder: ask shard ${others.join(' or ')}.`,
    );
  }

  return {
    ...control,
    start,
    stop: async () => {
      // Whoever asks while a run starts means this run.
      await Promise.allSettled(starting);
      return stop();
    },
    mark: (label) => {
      requireOwn();
      return control.mark(label);
    },
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
