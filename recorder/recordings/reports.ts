import { isDeepStrictEqual } from 'node:util';
import { isStatus } from '../../exporter/serve/kubernetes/api.ts';
import { isoTime } from '../csv/rows.ts';
import { isOver, type Part } from './part.ts';
import { isLate, type View } from './reconcile.ts';
import { type RecordingObject, runOf } from './recordingObject.ts';
import { type RecordingStatus, statusOf } from './status.ts';
import type { RecordingStore } from './store.ts';

/** What this recorder writes into the status of Recordings: a change of phase at once, progress now and then. */
export interface Reports {
  /** Whether progress would be written now. */
  isDue(uid: string, part: Part | undefined): boolean;
  tell(view: View): Promise<void>;
  /** Nothing was sent of any but these. */
  keep(uids: ReadonlySet<string>): void;
}

export interface ReportsOptions {
  readonly store: Pick<RecordingStore, 'tell'>;
  readonly shard: number;
  readonly clock: () => number;
}

/** Seconds between two writes of the same phase. */
const distance = 5;

interface Sent {
  readonly at: number;
  readonly turn: unknown;
}

export function createReports({ store, shard, clock }: ReportsOptions): Reports {
  const sent = new Map<string, Sent>();

  function isDue(uid: string, part: Part | undefined): boolean {
    return part?.phase !== 'Recording' || clock() - (sent.get(uid)?.at ?? -Infinity) >= distance;
  }

  async function tellOne(recording: RecordingObject, part: Part, view: View): Promise<void> {
    const { uid } = recording.metadata;
    const status = wholeStatus(recording, part, view);
    const turn = turnOf(status, part);
    const last = sent.get(uid);
    const { status: known } = recording;
    const isTold = isDeepStrictEqual(turn, turnOf(known, known?.shards?.[shard]));
    const isProgress = isTold && !isDeepStrictEqual(part, known?.shards?.[shard]);
    if (isTold && !isProgress) return;
    // What was written last may not have come back yet.
    const isNew = !isDeepStrictEqual(turn, last?.turn);
    if ((isProgress || !isNew) && clock() - (last?.at ?? -Infinity) < distance) return;
    sent.set(uid, { at: clock(), turn });
    try {
      await store.tell(recording, patchOf(status, known));
    } catch (error) {
      // It is gone, or another one has its name.
      if (isStatus(error, 404, 409)) return;
      sent.delete(uid);
      throw error;
    }
  }

  function wholeStatus(recording: RecordingObject, part: Part, { agreement, now }: View): RecordingStatus {
    const { metadata, status } = recording;
    const parts = { ...status?.shards, [shard]: part };
    const isActive = agreement?.recording.uid === metadata.uid;
    return statusOf({
      run: runOf(recording),
      generation: metadata.generation,
      ...(isActive && { shards: agreement.shards }),
      parts,
      isLate: isActive && isLate(agreement, recording, now) && isOver(part),
      ...(status?.conditions && { conditions: status.conditions }),
      now: isoTime(now),
    });
  }

  /** What this recorder told before it was started again, where that was its last word. */
  function ownPart({ metadata, status }: RecordingObject, { own, agreement }: View): Part | undefined {
    const part = own.parts.get(metadata.uid);
    if (part !== undefined || agreement?.recording.uid !== metadata.uid) return part;
    const told = status?.shards?.[shard];
    return told !== undefined && isOver(told) ? told : undefined;
  }

  return {
    isDue,
    tell: async (view) => {
      for (const recording of view.recordings) {
        const part = ownPart(recording, view);
        if (part !== undefined) await tellOne(recording, part, view);
      }
    },
    keep: (uids) => {
      for (const uid of sent.keys()) if (!uids.has(uid)) sent.delete(uid);
    },
  };
}

/** What is written at once when it is another. */
function turnOf(status: Partial<RecordingStatus> | undefined, part: Part | undefined): unknown {
  const { phase, observedGeneration, verdict } = status ?? {};
  const isEnd = phase === 'Completed' || phase === 'Failed';
  return [phase, observedGeneration, isEnd ? verdict : undefined, part?.phase];
}

/**
 * As a merge patch, in which what is null is taken away. Of the parts those that are others than is known: what
 * else is known of them may be old by now.
 */
function patchOf(status: RecordingStatus, known: Partial<RecordingStatus> | undefined): object {
  const changed = Object.entries(status.shards).filter(
    ([shard, part]) => !isDeepStrictEqual(part, known?.shards?.[shard]),
  );
  return {
    verdict: null,
    ticks: null,
    coverage: null,
    startTime: null,
    stopTime: null,
    ...status,
    shards: Object.fromEntries(changed),
  };
}
