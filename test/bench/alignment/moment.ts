/** The exporter's own record of when it took a sample, by its clock. */
export const collectedAtName = 'kubemon_exporter_collected_timestamp_seconds';

/** One sample of one target. Times in seconds since the epoch. */
export interface Moment {
  readonly target: string;
  /** Which of the target's turns it is, from 0 on. */
  readonly tick: number;
  /** What it is stored under. */
  readonly timestamp: number;
  /** When it was taken. */
  readonly collectedAt: number;
}
