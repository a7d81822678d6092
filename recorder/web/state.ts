import type { DaemonsAnswer, RunAnswer, RunsAnswer, StatusAnswer } from '../api.ts';

/** What the page knows; the recorder's answers as they are. */
export interface State {
  /** `away`: the recorder does not answer. `locked`: it does not without its token. */
  connection: 'connecting' | 'here' | 'away' | 'locked';
  status?: StatusAnswer;
  daemons?: DaemonsAnswer;
  runs?: RunsAnswer;
  /** When the status came, to count on from. */
  statusAt: number;
  view: View;
  /** What came of the last thing that was asked for. */
  notice?: Notice;
  /** All daemons are listed, also where they are many. */
  isShowingAllDaemons: boolean;
  /** A call that changes something is under way. */
  isBusy: boolean;
}

export type View =
  | { readonly name: 'now' }
  | { readonly name: 'run'; readonly run: string; readonly answer?: RunAnswer; readonly refusal?: string };

export interface Notice {
  readonly kind: 'done' | 'refused';
  readonly text: string;
}

/** `#/runs/test000`: the view of a run. */
export function viewOf(hash: string): View {
  const [, run] = /^#\/runs\/([^/]+)$/.exec(hash) ?? [];
  if (run === undefined) return { name: 'now' };
  try {
    return { name: 'run', run: decodeURIComponent(run) };
  } catch {
    // A percent sign that nothing was written with: then the text itself is the name.
    return { name: 'run', run };
  }
}

export function linkTo(run: string): string {
  return `#/runs/${encodeURIComponent(run)}`;
}
