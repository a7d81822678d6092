import { secondsOf } from '../run/pastScrapes.ts';
import type { RecordingObject } from './recordingObject.ts';

/**
 * A Recording for which too few daemons are connected. It may have been applied together with them, or another
 * recorder sees more of them: it is asked again for a while. In seconds since the epoch.
 */
export interface Pending {
  /** When a recorder first found too few. */
  readonly since: number;
  /** When this one did so last. */
  readonly asked: number;
}

/** Seconds that the daemons have to be connected. */
const patience = 60;
/**
 * Seconds between two questions, which all recorders ask on its multiples: one that asks later would hear late of
 * what another has claimed.
 */
const distance = 5;

/** It was found to have too few now. @param known what this recorder knew of it. */
export function foundPending(recording: RecordingObject, known: Pending | undefined, now: number): Pending {
  return { since: known?.since ?? toldSince(recording) ?? now, asked: now };
}

/** By any recorder, also by this one before it was started again. */
function toldSince({ status }: RecordingObject): number | undefined {
  if (status?.phase !== 'Pending') return undefined;
  const condition = status.conditions?.find(({ type }) => type === 'Recording');
  return condition && secondsOf(condition.lastTransitionTime);
}

export function isGivenUp({ since, asked }: Pending): boolean {
  return asked - since >= patience;
}

/** Whether it is time to ask again. */
export function isDue({ asked }: Pending, now: number): boolean {
  return Math.floor(now / distance) > Math.floor(asked / distance);
}
