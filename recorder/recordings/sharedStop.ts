import type { StopAnswer } from '../api.ts';
import type { Control } from '../control.ts';
import { StoppedElsewhere } from '../control/stoppedElsewhere.ts';
import { Refusal } from '../refusal.ts';
import { type Agreement, lastTick } from './agreement.ts';
import type { OwnRuns } from './ownRuns.ts';
import { isOn, isOurs } from './reconcile.ts';
import type { RecordingStore } from './store.ts';
import type { Turns } from './turns.ts';

export interface StopOptions {
  readonly control: Control;
  readonly store: RecordingStore;
  readonly own: OwnRuns;
  readonly turns: Turns;
  readonly clock: () => number;
}

/** Stops the run that is on in all recorders, also where this one takes no part in it. */
export function sharedStop({ control, store, own, turns, clock }: StopOptions): Control['stop'] {
  async function stop(): Promise<StopAnswer> {
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

  /** @throws StoppedElsewhere, or a Refusal: there is nothing here to tell of the run. */
  async function stopOthers(agreement: Agreement): Promise<never> {
    const { run } = agreement;
    const last = await agreedLast(agreement);
    if (last === undefined) {
      throw new Refusal(
        503,
        `Run ${run} is not on in this recorder, and the others cannot be told to stop it: the Kubernetes API is away.`,
      );
    }
    throw new StoppedElsewhere(run, last);
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

  return stop;
}
