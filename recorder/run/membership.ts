import type { RunEvent } from '../csv/event.ts';
import { isoTime } from '../csv/rows.ts';
import type { Role } from './connection.ts';
import { roleAfter, type TargetResult } from './targetResult.ts';

/** A daemon that fails on so many ticks in a row has left; fewer are only missed scrapes. */
const failuresUntilLeft = 3;

interface Member {
  readonly name: string;
  readonly node: string;
  readonly role: Role;
  /** Has it ever answered? */
  readonly seen: boolean;
  /** Ticks in a row without an answer, the first of them, and what went wrong on the last. */
  readonly failures: number;
  readonly failingSince: number;
  readonly error: string;
}

/** What happened on a tick, the next after that of the last call. */
export type Membership = (tick: number, outcomes: readonly TargetResult[]) => readonly RunEvent[];

/**
 * Daemons that join and leave, from tick to tick, and the gaps of any target, told when it answers again.
 * Those that answer the first tick were there before.
 */
export function createMembership(): Membership {
  let members = new Map<string, Member>();
  let first = true;

  return (tick, outcomes) => {
    const before = members;
    const now = outcomes.map((outcome) => follow(before.get(outcome.target.name), tick, outcome));
    members = new Map(now.map((member) => [member.name, member]));
    const gone = [...before.values()].filter(({ name }) => !members.has(name));
    const isFirst = first;
    first = false;
    return [
      ...now.flatMap((member) => changes(tick, before.get(member.name), member, isFirst)),
      ...gone
        .filter((member) => isPresent(member) && member.role === 'daemon')
        .map((member) => event(tick, 'daemon_left', member, `Daemon ${member.name} is no longer a target.`)),
    ];
  };
}

function follow(before: Member | undefined, tick: number, outcome: TargetResult): Member {
  const { target, node, up } = outcome;
  const failures = up ? 0 : (before?.failures ?? 0) + 1;
  return {
    name: target.name,
    node,
    role: roleAfter(before?.role, outcome.role),
    seen: up || before?.seen === true,
    failures,
    failingSince: failures > 1 && before ? before.failingSince : tick,
    error: up ? '' : outcome.error,
  };
}

function isPresent({ seen, failures }: Member): boolean {
  return seen && failures < failuresUntilLeft;
}

function changes(
  tick: number,
  before: Member | undefined,
  now: Member,
  isFirst: boolean,
): readonly RunEvent[] {
  const events: RunEvent[] = [];
  if (before?.seen === true && before.failures > 0 && now.failures === 0) {
    const ticks = before.failures === 1 ? '1 tick' : `${before.failures} ticks`;
    const detail = `Target ${now.name} was not recorded on ${ticks} from ${isoTime(before.failingSince)} on: ${before.error}`;
    events.push(event(tick, 'gap', now, detail));
  }
  if (now.role !== 'daemon') return events;
  const wasPresent = before !== undefined && isPresent(before);
  if (isPresent(now) && !wasPresent && !isFirst) {
    events.push(event(tick, 'daemon_joined', now, `Daemon ${now.name} answers.`));
  } else if (!isPresent(now) && wasPresent) {
    const detail = `Daemon ${now.name} did not answer on ${failuresUntilLeft} ticks in a row: ${now.error}`;
    events.push(event(tick, 'daemon_left', now, detail));
  }
  return events;
}

function event(timestamp: number, kind: RunEvent['kind'], { name, node }: Member, detail: string): RunEvent {
  return { timestamp, kind, node, target: name, subject: name, detail };
}
