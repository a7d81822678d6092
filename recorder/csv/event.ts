import type { Manifest } from '../run/manifest.ts';

/** A row of events.csv: what happened during the run, besides samples. */
export interface RunEvent {
  /** Seconds since the epoch; the tick it was noticed on. */
  readonly timestamp: number;
  readonly kind: EventKind;
  readonly node: string;
  readonly target: string;
  /** What it happened to: a container id, container_id/pid, device, interface or file; may be empty. */
  readonly subject: string;
  /** A sentence. */
  readonly detail: string;
}

export type EventKind = keyof Manifest['events'];
