import { join } from 'node:path';
import { runFolderName } from '../shards/runFolderName.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { Control } from '../control.ts';
import { isoTime } from '../csv/rows.ts';
import { Refusal } from '../refusal.ts';
import type { Manifest } from '../run/manifest.ts';
import { type Agreement, firstTick } from './agreement.ts';
import type { OwnRuns } from './ownRuns.ts';
import { partOfManifest, refusedPart } from './part.ts';
import { foundPending, isGivenUp } from './pending.ts';
import { isOpen, type Step } from './reconcile.ts';
import { areCounted, type RecordingObject, requestOf, runOf } from './recordingObject.ts';
import type { RecordingStore } from './store.ts';

export interface StepsOptions {
  readonly control: Control;
  readonly store: RecordingStore;
  readonly own: OwnRuns;
  /** Uids of Recordings that are known to be gone. */
  readonly gone: Set<string>;
  /** Absolute path. */
  readonly outputDir: string;
  /** How many recorders record a run. */
  readonly shards: number;
  /** Seconds between ticks, where a Recording does not say it. */
  readonly collectInterval: number;
  readonly clock: () => number;
}

/** Does a step that was decided on over that version of the agreement. @throws what the API server or the way to it fails with: it is to be done again. */
export function stepper(options: StepsOptions): (step: Step, over: string | undefined) => Promise<void> {
  const { control, store, own, clock } = options;

  async function claim(recording: RecordingObject, over: string | undefined): Promise<void> {
    // What was told last may be old.
    const now = await store.look(recording.metadata);
    if (now === undefined || !isOpen(now)) return;
    const { name, uid } = recording.metadata;
    const request = requestOf(recording);
    const refusal = await refusalOf(control.check(request));
    if (refusal !== undefined) return refuse(uid, refusal, over);
    const lack = areCounted(now, clock()) ? undefined : await refusalOf(control.requireDaemons(request));
    if (lack !== undefined) return wait(now, lack, over);
    const { interval = options.collectInterval } = request;
    const agreement = {
      recording: { name, uid },
      run: runOf(recording),
      shards: options.shards,
      interval,
      first: firstTick(clock(), interval),
    };
    await store.agree(agreement, over);
  }

  async function refuse(uid: string, refusal: Refusal, over: string | undefined): Promise<void> {
    // Who could record it may have claimed it meanwhile, and that was not told here yet.
    if ((await store.latestVersion()) === over) own.refuse(uid, refusal);
  }

  /** For its daemons. */
  async function wait(recording: RecordingObject, lack: Refusal, over: string | undefined): Promise<void> {
    const { uid } = recording.metadata;
    const pending = foundPending(recording, own.state().pending.get(uid), clock());
    if (isGivenUp(pending)) await refuse(uid, lack, over);
    else own.wait(uid, pending, lack);
  }

  async function takePart(recording: RecordingObject, agreement: Agreement): Promise<void> {
    const { uid } = recording.metadata;
    const { run, first, interval } = agreement;
    const before = await manifestOf(run);
    if (before?.settings.firstTick === isoTime(first)) {
      tellBefore(uid, before);
      return;
    }
    try {
      const answer = await control.start({ ...requestOf(recording), interval }, { first });
      own.started({ run, first, uid }, answer);
    } catch (error) {
      const refusal =
        error instanceof Refusal
          ? error
          : new Refusal(500, `The run could not be started: ${messageOf(error)}`);
      own.refuse(uid, refusal);
    }
  }

  /** Of the run that is in its folder already, and that is not on any more. */
  function tellBefore(uid: string, manifest: Manifest): void {
    const { run, state } = manifest;
    const message = `Run ${run} was interrupted here, and cannot be gone on with.`;
    const part =
      state === 'stopped'
        ? partOfManifest(manifest, join(options.outputDir, runFolderName(manifest)))
        : refusedPart({ code: 'conflict', message });
    own.tell(uid, part);
  }

  async function manifestOf(run: string): Promise<Manifest | undefined> {
    try {
      return (await control.run(run)).manifest;
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  async function look({ recording }: Agreement): Promise<void> {
    if ((await store.look(recording)) === undefined) options.gone.add(recording.uid);
  }

  async function agreeLast(agreement: Agreement, last: number, over: string | undefined): Promise<void> {
    if (await store.agree({ ...agreement, last }, over)) own.isStopTold(agreement.recording.uid);
  }

  return async (step, over) => {
    switch (step.do) {
      case 'claim':
        return claim(step.recording, over);
      case 'join':
        return takePart(step.recording, step.agreement);
      case 'look':
        return look(step.agreement);
      case 'agreeLast':
        return agreeLast(step.agreement, step.last, over);
      case 'endAfter':
        own.endAfter(step.last);
        return undefined;
      case 'refuse':
        return refuse(step.recording.metadata.uid, step.refusal, over);
    }
  };
}

async function refusalOf(check: Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await check;
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
