import type { Log } from '../../exporter/serve/log.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { Control } from '../control.ts';
import { Refusal } from '../refusal.ts';
import type { Outcome, OwnRuns } from './ownRuns.ts';
import { isOurs, reconcile, type View } from './reconcile.ts';
import { type RecordingObject, runOf } from './recordingObject.ts';
import { createReports } from './reports.ts';
import { stepper, type StepsOptions } from './steps.ts';

/** Does, one after the other, what is to be done for Recordings and the Lease to be as they say. */
export interface Turns {
  /** Something has changed. */
  wake(): void;
  view(): View;
  /** What has become of the start of a Recording; after so many seconds it is refused. */
  outcome(recording: RecordingObject, seconds: number): Promise<Outcome>;
  /** Tells what is to be told, and ends. */
  close(): Promise<void>;
  /** Ends. */
  leave(): void;
}

export interface TurnsOptions extends Omit<StepsOptions, 'gone'> {
  readonly control: Control;
  readonly own: OwnRuns;
  readonly shard: number;
  readonly log: Log;
}

/** Milliseconds after which it is looked again at what nobody tells: the time. */
const pause = 1000;
/** Milliseconds that the last word may take. */
const lastPatience = 1500;

export function createTurns(options: TurnsOptions): Turns {
  const { control, store, own, clock, log } = options;
  const gone = new Set<string>();
  const act = stepper({ ...options, gone });
  const reports = createReports(options);
  let isEnding = false;
  let isOver = false;
  let working: Promise<void> | undefined;
  let isStale = false;
  let failure: string | undefined;
  const timer = setInterval(wake, pause).unref();
  control.onStop(wake);

  function view(): View {
    const agreement = store.agreement();
    return {
      recordings: store.recordings(),
      ...(agreement && { agreement }),
      gone,
      own: own.state(),
      now: clock(),
    };
  }

  function wake(): void {
    if (isOver) return;
    if (working === undefined) working = work();
    else isStale = true;
  }

  async function work(): Promise<void> {
    do {
      isStale = false;
      const before = failure;
      failure = undefined;
      try {
        await turn();
      } catch (error) {
        failure = messageOf(error);
        // It is tried again, and the run goes on.
        if (failure !== before) log.warn(`Recordings and their Lease cannot be written now: ${failure}`);
        break;
      }
    } while (isStale);
    working = undefined;
  }

  async function turn(): Promise<void> {
    if (!store.isThere()) return;
    own.hear(store.recordings());
    while (canAct()) {
      learn();
      const over = store.version();
      const step = reconcile(view());
      if (step === undefined) break;
      // Of the run before nobody asks any more once the Lease names another: who is late with it is told first.
      if (step.do === 'claim') await reports.tell(view());
      await act(step, over);
    }
    const { uid } = own.agreedRun() ?? {};
    if (
      uid !== undefined &&
      control.phase() === 'recording' &&
      reports.isDue(uid, own.state().parts.get(uid))
    )
      own.refresh();
    await reports.tell(view());
    forget();
  }

  /** What a run becomes that starts or ends is known in a moment. */
  function canAct(): boolean {
    const phase = control.phase();
    return !isEnding && store.isThere() && (phase === 'idle' || phase === 'recording');
  }

  /** A run that is gone on with learns from the Lease whose it is. */
  function learn(): void {
    const { agreement, own: state } = view();
    if (agreement !== undefined && isOurs(state, agreement)) own.belongsTo(agreement.recording.uid);
  }

  function forget(): void {
    const { recordings, agreement } = view();
    const uids = recordings.map(({ metadata }) => metadata.uid);
    const known = new Set(agreement === undefined ? uids : [...uids, agreement.recording.uid]);
    own.keep(known);
    reports.keep(known);
    for (const uid of gone) if (!known.has(uid)) gone.delete(uid);
  }

  function leave(): void {
    isEnding = true;
    isOver = true;
    clearInterval(timer);
    store.close();
  }

  return {
    wake,
    view,
    outcome: (recording, seconds) => {
      const outcome = own.outcome(recording.metadata.uid, seconds, () => {
        const why = failure === undefined ? '' : `: ${failure}`;
        return new Refusal(503, `The recorders could not agree on run ${runOf(recording)}${why}.`);
      });
      wake();
      return outcome;
    },
    close: async () => {
      isEnding = true;
      wake();
      const late = new Promise((resolve) => {
        setTimeout(resolve, lastPatience).unref();
      });
      await Promise.race([working, late]);
      leave();
    },
    leave,
  };
}
