import type { StopAnswer } from '../api.ts';
import { Refusal } from '../refusal.ts';
import type { Recording } from '../run/recording.ts';

/** What the recorder does now: at most one run is on. */
export type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'starting'; readonly run: string; readonly started: Promise<unknown> }
  | {
      readonly name: 'recording';
      readonly run: string;
      readonly recording: Recording;
      /** Its last tick is agreed on. */
      readonly isEnding?: true;
    }
  | { readonly name: 'stopping'; readonly run: string; readonly stopped: Promise<StopAnswer> }
  | { readonly name: 'suspending'; readonly run: string; readonly suspended: Promise<void> };

/** Why no run can be started in it. */
export function refusalWhile(phase: Exclude<Phase, { readonly name: 'idle' }>): Refusal {
  const isEnding = phase.name === 'stopping' || (phase.name === 'recording' && phase.isEnding === true);
  const what = isEnding
    ? `Run ${phase.run} is stopping: try again when it has stopped.`
    : `Already recording ${phase.run}: stop it first.`;
  return new Refusal(409, what);
}
