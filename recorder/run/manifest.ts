import type { Column } from '../csv/columns.ts';
import type { EventKind } from '../csv/event.ts';
import type { Alignment, ClockMeasurement } from './alignment.ts';
import type { Role } from './connection.ts';
import type { TargetCoverage } from './coverage.ts';
import type { Expected } from './expected.ts';
import type { MachineFacts } from './machineFacts.ts';
import type { Verdict } from './verdict.ts';

/** run.json: all that is needed to read and to judge the folder it lies in. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly run: string;
  /** `interrupted`: the recorder ended without stopping the run, and none went on with it. */
  readonly state: 'recording' | 'stopped' | 'interrupted';
  readonly labels: Readonly<Record<string, string>>;
  readonly recorder: { readonly host: string; readonly version: string };
  readonly settings: RunSettings;
  /** Every target that the run has scraped. */
  readonly daemons: readonly DaemonDescription[];
  readonly expected: Expected;
  readonly start: string;
  /** When the run was stopped. While it says `recording`, it is being stopped. */
  readonly stop?: string;
  readonly ticks: TickCounts;
  readonly interruptions: readonly Interruption[];
  readonly coverage: readonly TargetCoverage[];
  readonly alignment: Alignment;
  readonly clocks: readonly ClockMeasurement[];
  /** Only kinds that happened. */
  readonly events: Readonly<Partial<Record<EventKind, number>>>;
  readonly files: readonly ManifestFile[];
  readonly marks: readonly { readonly timestamp: string; readonly label: string }[];
  /** While recording: as it would be now. */
  readonly verdict: Verdict;
}

export interface RunSettings {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Requests are sent so long before the tick. */
  readonly leadSeconds: number;
  readonly forSeconds?: number;
  readonly numDaemons: number;
  readonly bodySizeLimit: number;
  readonly sampleLimit: number;
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

/** A target that is or was scraped. */
export interface DaemonDescription extends MachineFacts {
  readonly name: string;
  readonly node: string;
  /** Its Kubernetes pod, as namespace/name, where that is known. */
  readonly pod?: string;
  /** host:port */
  readonly address: string;
  /** A kubemon exporter is a daemon; unknown until it has answered once. */
  readonly role: Role;
}

export interface TickCounts {
  /** Multiples of the interval from the first to the stop (or now): each is done or dropped. */
  readonly planned: number;
  readonly done: number;
  readonly dropped: number;
  readonly first?: string;
  readonly last?: string;
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
