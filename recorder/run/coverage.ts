import type { Role } from './connection.ts';
import type { TargetCoverage } from './manifest.ts';
import { roleAfter, type TargetResult } from './targetResult.ts';

/** How often a target was asked and what came of it. */
export interface TargetTally {
  readonly target: string;
  readonly node: string;
  readonly role: Role;
  readonly covered: number;
  /** Not answered by the deadline. */
  readonly late: number;
  /** Failed in any other way. */
  readonly missed: number;
  readonly firstError: string | undefined;
}

/** Adds one outcome; `before` is undefined for a target that is new. */
export function tally(before: TargetTally | undefined, outcome: TargetResult): TargetTally {
  const late = !outcome.up && outcome.error.startsWith('timeout');
  return {
    target: outcome.target.name,
    node: outcome.node,
    role: roleAfter(before?.role, outcome.role),
    covered: (before?.covered ?? 0) + Number(outcome.up),
    late: (before?.late ?? 0) + Number(late),
    missed: (before?.missed ?? 0) + Number(!outcome.up && !late),
    firstError: before?.firstError ?? (outcome.up ? undefined : outcome.error),
  };
}

/** Over all ticks of the run, those dropped and those before the target was found included. */
export function coverage(
  { target, node, covered, late, missed }: TargetTally,
  planned: number,
): TargetCoverage {
  const share = planned === 0 ? {} : { share: covered / planned };
  return { target, node, planned, covered, late, missed, ...share };
}
