/*
 * Made of manifestSchema.ts, as /openapi.json is: change that, then `npm run metrics`.
 * Times are ISO 8601 in UTC with milliseconds, durations are seconds. Absent is a missing key.
 */

export interface Thresholds {
  /**
   * Share of the ticks on which every expected daemon must be covered, or the run is inconclusive.
   */
  readonly coverage: number;
  /** Alignment p99, as a share of the interval. */
  readonly alignmentShareOfInterval: number;
  /**
   * Seconds that a clock may be off beyond the error of its measurement, and that this error may be.
   */
  readonly clockOffsetSeconds: number;
}

/** What a run is worth, with the reasons and the thresholds they were judged by. */
export interface Verdict {
  readonly verdict: 'valid' | 'degraded' | 'inconclusive';
  /** Sentences; none when valid. */
  readonly reasons: readonly string[];
  readonly thresholds: Thresholds;
}

export interface RunSettings {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Requests are sent so long before the tick. */
  readonly leadSeconds: number;
  readonly forSeconds?: number;
  /**
   * The first tick, where recorders have agreed on it; absent: the next that could be reached.
   */
  readonly firstTick?: string;
  readonly numDaemons: number;
  readonly bodySizeLimit: number;
  readonly sampleLimit: number;
}

/** A target that is or was scraped. What its exporter did not tell is absent. */
export interface DaemonDescription {
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
}

export interface TickCounts {
  /** Multiples of the interval from the first to the stop (or now): each is done or dropped. */
  readonly planned: number;
  readonly done: number;
  readonly dropped: number;
  readonly first?: string;
  readonly last?: string;
}

/** The recorder ended during the run, and the run went on when it was started again. */
export interface Interruption {
  /** The last tick before it; the run's start where there was none. */
  readonly from: string;
  /** The first tick after it; the run's stop where there was none. */
  readonly to: string;
  /** Between them, and lost: they count as dropped. */
  readonly ticks: number;
}

/** How often a target was asked and what came of it. */
export interface TargetCoverage {
  readonly target: string;
  readonly node: string;
  /** Ticks of the run. */
  readonly planned: number;
  readonly covered: number;
  /** Not answered by the deadline. */
  readonly late: number;
  /** Failed in any other way. */
  readonly missed: number;
  /** covered / planned; absent when no tick was planned. */
  readonly share?: number;
}

/**
 * |skew - clock offset| over all answers that tell both, in seconds: skew is by the exporter's clock,
 * and what its clock is ahead has to be taken off to have the moment by the recorder's.
 */
export interface Alignment {
  readonly answers: number;
  /** Absent without such an answer. */
  readonly p50Seconds?: number;
  readonly p99Seconds?: number;
  readonly maxSeconds?: number;
  /** The largest error of the clock measurements that these numbers rest on. */
  readonly errorSeconds?: number;
}

/** How far a daemon's clock was from the recorder's over the run, in seconds. */
export interface ClockMeasurement {
  readonly target: string;
  /** Of the most exact measurement. */
  readonly offsetSeconds: number;
  readonly errorSeconds: number;
  /**
   * The measurement that proves the clock farthest off: that with the largest |offset| - error.
   */
  readonly farthest: {
    readonly offsetSeconds: number;
    readonly errorSeconds: number;
  };
}

export interface Column {
  readonly name: string;
  /**
   * As pandas names it; `Int64` is its integer that may be absent. A `timestamp` is ISO 8601 in UTC with
   * milliseconds, for parse_dates.
   */
  readonly dtype: 'string' | 'Int64' | 'float64' | 'timestamp';
  /** `text` describes, a `label` identifies. */
  readonly kind: 'time' | 'label' | 'counter' | 'gauge' | 'text';
  /** Base unit; a column without one counts or has none. */
  readonly unit?: 'seconds' | 'bytes' | 'cores';
  readonly help: string;
}

export interface ManifestFile {
  readonly name: string;
  readonly help: string;
  readonly bytes: number;
  readonly rows: number;
  /** Of a run that is stopped. */
  readonly sha256?: string;
  readonly columns: readonly Column[];
}

/** run.json: all that is needed to read and to judge the folder it lies in. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly run: string;
  /** Which of `shards` recorders has recorded this, from 0; absent where it is the whole run. */
  readonly shard?: number;
  /** How many recorders have recorded the run, each its own daemons; absent: one. */
  readonly shards?: number;
  /**
   * Of an answer: the shards whose parts it is put together from; their files lie in folders of their
   * own.
   */
  readonly parts?: readonly number[];
  /** Of a run that was merged: those whose part was not there. */
  readonly missingShards?: readonly number[];
  /** `interrupted`: the recorder ended without stopping the run, and none went on with it. */
  readonly state: 'recording' | 'stopped' | 'interrupted';
  readonly start: string;
  /** When the run was stopped. While it says `recording`, it is being stopped. */
  readonly stop?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** While recording: as it would be now. */
  readonly verdict: Verdict;
  readonly recorder: {
    readonly host: string;
    readonly version: string;
  };
  readonly settings: RunSettings;
  /** How many daemons there ought to be, and how that is known: words for after "expected". */
  readonly expected: {
    readonly count: number;
    readonly reason: string;
  };
  /** Every target that the run has scraped. */
  readonly daemons: readonly DaemonDescription[];
  readonly ticks: TickCounts;
  readonly interruptions: readonly Interruption[];
  readonly coverage: readonly TargetCoverage[];
  readonly alignment: Alignment;
  readonly clocks: readonly ClockMeasurement[];
  /** Only kinds that happened. */
  readonly events: {
    readonly container_born?: number;
    readonly container_died?: number;
    readonly process_born?: number;
    readonly process_died?: number;
    readonly daemon_joined?: number;
    readonly daemon_left?: number;
    readonly reset?: number;
    readonly went_back?: number;
    readonly gap?: number;
    readonly clock_step?: number;
    readonly tick_dropped?: number;
    readonly limit_hit?: number;
  };
  /** The first 10,000 marks, or fewer where they are long; all of them are in marks.csv. */
  readonly marks: readonly {
    readonly timestamp: string;
    readonly label: string;
  }[];
  readonly files: readonly ManifestFile[];
  /** In the file: of all else that it says, as JSON without white space. */
  readonly sha256?: string;
}
