/*
 * Made of apiSchema.ts, as /openapi.json is: change that, then `npm run metrics`.
 * Times are ISO 8601 in UTC with milliseconds, durations are seconds. Absent is a missing key.
 */

import type { Manifest, TickCounts, Verdict } from './run/manifest.ts';

export type * from './run/manifest.ts';

/** Every answer has a sentence for the person who asked. */
export interface MessageAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
}

export type ErrorCode =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'precondition_failed'
  | 'too_large'
  | 'range_not_satisfiable'
  | 'internal'
  | 'unavailable'
  | 'insufficient_storage';

/** Every answer with a status of 400 or more. */
export interface ErrorAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
  };
}

/** What POST /start is asked: the query's `interval`, `for` and `label.K=V`. */
export interface StartRequest {
  readonly run: string;
  /** Seconds between ticks; default COLLECT_INTERVAL. */
  readonly interval?: number;
  /** Seconds after which the run stops by itself; absent: it does not. */
  readonly for?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The body of POST /marks. */
export interface MarkRequest {
  readonly label: string;
}

export interface StartAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
  readonly run: string;
  /** Absolute path of the run's folder on the recorder's machine. */
  readonly path: string;
  /** Seconds between ticks. */
  readonly interval: number;
  /** Seconds after which the run stops by itself; absent: it does not. */
  readonly for?: number;
  /** Daemons connected at the start. */
  readonly daemons: number;
}

/** What a run has come to, in a few figures. */
export interface RunFigures {
  readonly ticks: TickCounts;
  /**
   * Share of the ticks on which the target was scraped that was scraped least; absent before the first.
   */
  readonly coverage?: number;
  /** Absent while no answer has told its clock. */
  readonly alignmentP99Seconds?: number;
  readonly rows: number;
  readonly bytes: number;
}

/** Since when something is wrong. */
export interface LastingProblem {
  readonly message: string;
  readonly since: string;
}

export interface ShardAsked {
  readonly shard: number;
  /** Why nothing is known of it. */
  readonly problem?: string;
}

/** GET /runs/:run tells the rest. */
export interface StopAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
  readonly run: string;
  /** Absolute path of the run's folder on the recorder's machine. */
  readonly path: string;
  readonly verdict: Verdict;
  readonly ticks: TickCounts;
  /**
   * Share of the ticks on which the target was scraped that was scraped least; absent before the first.
   */
  readonly coverage?: number;
  /** Absent while no answer has told its clock. */
  readonly alignmentP99Seconds?: number;
  readonly rows: number;
  readonly bytes: number;
  /** What is to be known of its end besides, as it stands in the message. */
  readonly problem?: string;
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

export interface RunStatus {
  readonly run: string;
  /** Absolute path of the run's folder on the recorder's machine. */
  readonly path: string;
  readonly start: string;
  /** Seconds between ticks. */
  readonly interval: number;
  /** Seconds after which the run stops by itself; absent: it does not. */
  readonly for?: number;
  /** Seconds since the start. */
  readonly elapsed: number;
  readonly ticks: TickCounts;
  /**
   * Share of the ticks on which the target was scraped that was scraped least; absent before the first.
   */
  readonly coverage?: number;
  /** Absent while no answer has told its clock. */
  readonly alignmentP99Seconds?: number;
  readonly rows: number;
  readonly bytes: number;
  /** What the verdict would say now. */
  readonly verdict: Verdict;
  readonly lastTick?: TickResult;
  /** What keeps it from being written as it should be; absent when all is well. */
  readonly problems?: readonly LastingProblem[];
}

export interface StatusAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
  /** Of several recorders: whose answers these are; absent where there is one. */
  readonly shards?: readonly ShardAsked[];
  readonly daemons: {
    readonly connected: number;
    readonly expected: number;
  };
  /** As in GET /daemons. */
  readonly discovery?: readonly LastingProblem[];
  /** Free on the file system of OUTPUT_DIR; absent where that cannot be told. */
  readonly freeBytes?: number;
  /** The run that is on. */
  readonly recording?: RunStatus;
  /** The last run that this recorder stopped. */
  readonly last?: {
    readonly run: string;
    /** Absolute path of the run's folder on the recorder's machine. */
    readonly path: string;
    readonly verdict: Verdict;
    /** What is to be known of its end besides, as it stands in the message. */
    readonly problem?: string;
  };
}

/** A target as the recorder knows it now. */
export interface DaemonStatus {
  readonly name: string;
  readonly node: string;
  /** Its Kubernetes pod, as namespace/name, where that is known. */
  readonly pod?: string;
  /** host:port */
  readonly address: string;
  /**
   * Of one of several shards: targets of all shards sorted by it are as one recorder has them.
   */
  readonly order?: string;
  /** A kubemon exporter is a daemon; unknown until it has answered once. */
  readonly role: 'daemon' | 'further' | 'unknown';
  readonly kernel?: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly cgroupVersion?: string;
  readonly exporterVersion?: string;
  /** Whether Kubernetes holds it for ready; absent where nobody says. */
  readonly ready?: boolean;
  readonly connected: boolean;
  /** Since when it has been connected, or not connected. */
  readonly since: string;
  /** Why it is not connected. */
  readonly error?: string;
}

export interface DaemonsAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
  /** Of several recorders: whose answers these are; absent where there is one. */
  readonly shards?: readonly ShardAsked[];
  readonly connected: number;
  readonly expected: number;
  /** How the expected number is known. */
  readonly reason: string;
  /** What keeps the recorder from knowing what is there now; absent when all is well. */
  readonly discovery?: readonly LastingProblem[];
  readonly daemons: readonly DaemonStatus[];
}

/** Monitor instances: a node is one `os`, its containers and its processes. */
export interface InstancesAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
  /** Of several recorders: whose answers these are; absent where there is one. */
  readonly shards?: readonly ShardAsked[];
  readonly total: number;
  readonly nodes: readonly {
    readonly node: string;
    readonly target: string;
    readonly os: number;
    readonly containers: number;
    readonly processes: number;
  }[];
}

export interface HelpAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
  readonly calls: readonly {
    readonly call: string;
    readonly does: string;
  }[];
}

export interface RunSummary {
  readonly run: string;
  /** Which of `shards` recorders has recorded this, from 0; absent where it is the whole run. */
  readonly shard?: number;
  /** How many recorders have recorded the run, each its own daemons; absent: one. */
  readonly shards?: number;
  /** Of a run that was merged: those whose part was not there. */
  readonly missingShards?: readonly number[];
  /** `interrupted`: the recorder ended without stopping the run, and none went on with it. */
  readonly state: 'recording' | 'stopped' | 'interrupted';
  readonly start: string;
  readonly stop?: string;
  /** Those done. */
  readonly ticks: number;
  readonly bytes: number;
  /**
   * Share of the ticks on which the target was scraped that was scraped least; absent before the first.
   */
  readonly coverage?: number;
  /** Absent while no answer has told its clock. */
  readonly alignmentP99Seconds?: number;
  /** Of a run that is stopped. */
  readonly verdict?: 'valid' | 'degraded' | 'inconclusive';
}

export interface RunsAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
  /** Of several recorders: whose answers these are; absent where there is one. */
  readonly shards?: readonly ShardAsked[];
  readonly runs: readonly RunSummary[];
  /** What could not be read, as it stands in the message; absent when all could. */
  readonly failures?: readonly string[];
}

export interface RunAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
  readonly manifest: Manifest;
}

export interface MarkAnswer {
  /** A sentence for the person who asked. */
  readonly message: string;
  readonly mark: {
    readonly timestamp: string;
    readonly label: string;
  };
}
