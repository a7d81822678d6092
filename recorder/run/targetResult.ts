import type { ClockOffset } from '../scrape/clockOffset.ts';
import type { Role } from './connection.ts';

/** What came of a target on one tick, as far as scrapes.csv tells it; an Outcome tells more. */
export type TargetResult = {
  readonly target: { readonly name: string };
  readonly node: string;
  readonly role: Role;
  /** Absent: it did not tell its clock. */
  readonly clock?: ClockOffset;
} & ({ readonly up: true } | { readonly up: false; readonly error: string });

/** A target that does not answer after the recorder was started again is still what it was. */
export function roleAfter(before: Role | undefined, now: Role): Role {
  return now === 'unknown' ? (before ?? now) : now;
}
