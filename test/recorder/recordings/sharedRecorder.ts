import { onTestFinished } from 'vitest';
import { createLog } from '../../../exporter/serve/log.ts';
import type { Control } from '../../../recorder/control.ts';
import type { Agreement } from '../../../recorder/recordings/agreement.ts';
import { createOwnRuns } from '../../../recorder/recordings/ownRuns.ts';
import type { RecordingObject } from '../../../recorder/recordings/recordingObject.ts';
import { sharedControl } from '../../../recorder/recordings/sharedControl.ts';
import type { RecordingStore } from '../../../recorder/recordings/store.ts';
import { createTurns } from '../../../recorder/recordings/turns.ts';
import { loopbackRecorder } from '../run/loopbackRecorder.ts';

/** Recordings and their Lease as a recorder knows them that hears of every change at once. */
export interface KnownStore extends RecordingStore {
  /** Each write in a word: "tell one Completed", "agree one". */
  readonly writes: readonly string[];
  /** What others have done. */
  set(recordings: readonly RecordingObject[], agreement?: Agreement): void;
  /** What others have agreed on, and nobody has told yet. */
  agreeUnseen(agreement: Agreement): void;
  /** The cluster has neither. */
  lack(): void;
  /** Nothing can be written until it is back. */
  beAway(isAway: boolean): void;
}

function knownStore(onChange: () => void): KnownStore {
  const writes: string[] = [];
  let recordings: readonly RecordingObject[] = [];
  let agreement: Agreement | undefined;
  let unseen: Agreement | undefined;
  let version = 0;
  let isThere = true;
  let isAway = false;
  const find = (uid: string) => recordings.find(({ metadata }) => metadata.uid === uid);
  return {
    writes,
    set: (all, next) => {
      recordings = all;
      agreement = next;
      version++;
      onChange();
    },
    agreeUnseen: (next) => {
      unseen = next;
    },
    lack: () => {
      isThere = false;
    },
    beAway: (now) => {
      isAway = now;
      onChange();
    },
    isThere: () => isThere,
    recordings: () => recordings,
    agreement: () => agreement,
    version: () => String(version),
    latestVersion: () => {
      if (unseen !== undefined) {
        [agreement, unseen] = [unseen, undefined];
        version++;
        onChange();
      }
      return Promise.resolve(String(version));
    },
    create: () => Promise.reject(new Error('connect ECONNREFUSED')),
    agree: (next, over) => {
      if (isAway) return Promise.reject(new Error('connect ECONNREFUSED'));
      if (over !== String(version)) return Promise.resolve(false);
      version++;
      writes.push(`agree ${next.run}${next.last === undefined ? '' : ' to end'}`);
      agreement = next;
      return Promise.resolve(true);
    },
    look: ({ uid }) => Promise.resolve(find(uid)),
    tell: ({ metadata: { uid } }, status) => {
      const told: RecordingObject['status'] = status;
      writes.push(`tell ${uid} ${told.phase}`);
      recordings = recordings.map((each) => {
        const shards = { ...each.status?.shards, ...told.shards };
        return each.metadata.uid === uid ? { ...each, status: { ...told, shards } } : each;
      });
      return Promise.resolve();
    },
    close: () => undefined,
  };
}

export interface SharedRecorder {
  readonly control: Control;
  readonly store: KnownStore;
}

/** Recorder 0 of so many, which starts and stops what the store says. */
export async function sharedRecorder(
  shards: number,
  targets: Readonly<Record<string, string>> = {},
): Promise<SharedRecorder> {
  const { control, outputDir, close } = await loopbackRecorder(targets);
  onTestFinished(close);
  const clock = () => Date.now() / 1000;
  const store = knownStore(() => {
    turns.wake();
  });
  const own = createOwnRuns(control, { shard: 0, shards }, clock);
  const log = createLog('test', 'fatal');
  const options = { control, store, own, shards, clock, outputDir, log, shard: 0, collectInterval: 0.2 };
  const turns = createTurns(options);
  onTestFinished(turns.leave);
  return { control: sharedControl({ ...options, turns }), store };
}
