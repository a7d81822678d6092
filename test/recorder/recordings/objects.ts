import type { Agreement } from '../../../recorder/recordings/agreement.ts';
import type { Part } from '../../../recorder/recordings/part.ts';
import type { Pending } from '../../../recorder/recordings/pending.ts';
import type { Own, View } from '../../../recorder/recordings/reconcile.ts';
import type { RecordingObject, RecordingSpec } from '../../../recorder/recordings/recordingObject.ts';

/** A Recording as the API server tells it. Its uid is its name. */
export function recording(
  name: string,
  spec: RecordingSpec = {},
  status?: RecordingObject['status'],
): RecordingObject {
  return {
    metadata: { name, uid: name, generation: 1, creationTimestamp: '2026-03-01T12:00:00Z' },
    spec,
    ...(status && { status }),
  };
}

/** Of the Recording `one`, a tick a second from 1000 on. */
export function agreed(changes: Partial<Agreement> = {}): Agreement {
  return {
    recording: { name: 'one', uid: 'one' },
    run: 'one',
    shards: 1,
    interval: 1,
    first: 1000,
    ...changes,
  };
}

export function part(phase: Part['phase'], changes: Partial<Part> = {}): Part {
  return { phase, message: `${phase}.`, ...changes };
}

export interface Situation {
  readonly recordings?: readonly RecordingObject[];
  readonly agreement?: Agreement;
  readonly gone?: readonly string[];
  readonly run?: Own['run'];
  readonly parts?: Readonly<Record<string, Part>>;
  readonly pending?: Readonly<Record<string, Pending>>;
  readonly stopped?: Readonly<Record<string, number>>;
  readonly now?: number;
  /** Of this recorder. */
  readonly shard?: number;
  /** As this recorder has it; absent: as the run has it. */
  readonly shards?: number;
}

/** What recorder 0 sees just after 1010. */
export function view(situation: Situation): View {
  const {
    recordings = [],
    agreement,
    gone = [],
    run,
    parts = {},
    pending = {},
    stopped = {},
    now = 1010.2,
    shard = 0,
    shards = agreement?.shards ?? 1,
  } = situation;
  return {
    recordings,
    ...(agreement && { agreement }),
    gone: new Set(gone),
    own: {
      shard,
      shards,
      parts: new Map(Object.entries(parts)),
      pending: new Map(Object.entries(pending)),
      stopped: new Map(Object.entries(stopped)),
      ...(run && { run }),
    },
    now,
  };
}
