/**
 * The JSON answers of the control API, shared by the server and RecorderClient. Times are ISO 8601
 * in UTC with milliseconds, durations are seconds. Absent is a missing key.
 */
import type { DaemonDescription, Manifest, TickCounts } from './run/manifest.ts';
import type { Verdict } from './run/verdict.ts';

export type { Manifest } from './run/manifest.ts';
export type { Verdict } from './run/verdict.ts';

/** Every answer has a sentence for the person who asked. */
export interface MessageAnswer {
  readonly message: string;
}

/** Every answer with a status of 400 or more. */
export interface ErrorAnswer extends MessageAnswer {
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

export type ErrorCode =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'too_large'
  | 'range_not_satisfiable'
  | 'internal'
  | 'unavailable'
  | 'insufficient_storage';

/** What POST /start is asked: the query's `interval`, `for` and `label.K=V`. */
export interface StartRequest {
  readonly run: string;
  /** Seconds between ticks; default COLLECT_INTERVAL. */
  readonly interval?: number;
  /** Seconds after which the run stops by itself; default: it does not. */
  readonly for?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface StartAnswer extends MessageAnswer {
  readonly run: string;
  /** Absolute path of the run's folder on the recorder's machine. */
  readonly path: string;
  readonly interval: number;
  readonly for?: number;
  /** Daemons connected at the start. */
  readonly daemons: number;
}

/** What a run has come to, in a few figures. */
export interface RunFigures {
  readonly ticks: TickCounts;
  /** Share of the ticks on which the target was scraped that was scraped least; absent before the first. */
  readonly coverage?: number;
  /** Absent while no answer has told its clock. */
  readonly alignmentP99Seconds?: number;
  readonly rows: number;
  readonly bytes: number;
}

/** GET /runs/:run tells the rest. */
export interface StopAnswer extends MessageAnswer, RunFigures {
  readonly run: string;
  readonly path: string;
  readonly verdict: Verdict;
  /** What is to be known of its end besides, as it stands in the message. */
  readonly problem?: string;
}

export interface StatusAnswer extends MessageAnswer {
  readonly daemons: { readonly connected: number; readonly expected: number };
  /** As in GET /daemons. */
  readonly discovery?: readonly LastingProblem[];
  /** The run that is on. */
  readonly recording?: RunStatus;
  /** The last run that this recorder stopped. */
  readonly last?: Pick<StopAnswer, 'run' | 'path' | 'verdict' | 'problem'>;
}

export interface RunStatus extends RunFigures {
  readonly run: string;
  readonly path: string;
  readonly start: string;
  readonly interval: number;
  readonly for?: number;
  readonly elapsed: number;
  /** What the verdict would say now. */
  readonly verdict: Verdict;
  readonly lastTick?: TickResult;
  /** What keeps it from being written as it should be; absent when all is well. */
  readonly problems?: readonly LastingProblem[];
}

/** The result of one tick: the data of the server-sent event `tick`. */
export interface TickResult {
  readonly run: string;
  readonly timestamp: string;
  readonly state: 'done' | 'dropped';
  /** Why it was dropped. */
  readonly reason?: string;
  readonly rows: number;
  readonly targets: readonly {
    readonly target: string;
    readonly up: boolean;
    readonly error?: string;
    readonly samples?: number;
    readonly skewSeconds?: number;
  }[];
}

export interface DaemonsAnswer extends MessageAnswer {
  readonly connected: number;
  readonly expected: number;
  /** How the expected number is known. */
  readonly reason: string;
  /** What keeps the recorder from knowing what is there now; absent when all is well. */
  readonly discovery?: readonly LastingProblem[];
  readonly daemons: readonly DaemonStatus[];
}

/** Since when something is wrong. */
export interface LastingProblem {
  readonly message: string;
  readonly since: string;
}

/** A target as the recorder knows it now. */
export interface DaemonStatus extends DaemonDescription {
  /** Whether Kubernetes holds it for ready; absent where nobody says. */
  readonly ready?: boolean;
  readonly connected: boolean;
  /** Since when it has been connected, or not connected. */
  readonly since: string;
  /** Why it is not connected. */
  readonly error?: string;
}

/** Monitor instances: a node is one `os`, its containers and its processes. */
export interface InstancesAnswer extends MessageAnswer {
  readonly total: number;
  readonly nodes: readonly {
    readonly node: string;
    readonly target: string;
    readonly os: number;
    readonly containers: number;
    readonly processes: number;
  }[];
}

export interface HelpAnswer extends MessageAnswer {
  readonly calls: readonly { readonly call: string; readonly does: string }[];
}

export interface RunsAnswer extends MessageAnswer {
  readonly runs: readonly RunSummary[];
}

export interface RunSummary {
  readonly run: string;
  readonly state: Manifest['state'];
  readonly start: string;
  readonly stop?: string;
  readonly ticks: number;
  readonly bytes: number;
  readonly verdict?: Verdict['verdict'];
}

export interface RunAnswer extends MessageAnswer {
  readonly manifest: Manifest;
}

export interface MarkAnswer extends MessageAnswer {
  readonly mark: { readonly timestamp: string; readonly label: string };
}
