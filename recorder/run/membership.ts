import type { RunEvent } from '../csv/event.ts';
import type { Outcome } from './connection.ts';

/** A daemon that fails on so many ticks in a row has left; fewer are only missed scrapes. */
const failuresUntilLeft = 3;

interface Member {
  readonly node: string;
  readonly present: boolean;
  readonly failures: number;
  readonly error: string;
}

/** Daemons that join and leave, from tick to tick. Those that answer the first tick were there before. */
export function createMembership(): (tick: number, outcomes: readonly Outcome[]) => readonly RunEvent[] {
  const members = new Map<string, Member>();
  let first = true;

  return (tick, outcomes) => {
    const events: RunEvent[] = [];
    const event = (kind: 'daemon_joined' | 'daemon_left', target: string, node: string, detail: string) => {
      events.push({ timestamp: tick, kind, node, target, subject: target, detail });
    };
    for (const outcome of outcomes) {
      const { name } = outcome.target;
      const before = members.get(name);
      const now = follow(before, outcome);
      members.set(name, now);
      if (outcome.role !== 'daemon') continue;
      if (now.present && before?.present !== true && !first) {
        event('daemon_joined', name, now.node, `Daemon ${name} answers.`);
      } else if (!now.present && before?.present === true) {
        const detail = `Daemon ${name} did not answer on ${failuresUntilLeft} ticks in a row: ${now.error}`;
        event('daemon_left', name, now.node, detail);
      }
    }
    const asked = new Set(outcomes.map(({ target }) => target.name));
    for (const [name, { node, present }] of members) {
      if (asked.has(name)) continue;
      members.delete(name);
      if (present) event('daemon_left', name, node, `Daemon ${name} is no longer a target.`);
    }
    first = false;
    return events;
  };
}

function follow(before: Member | undefined, outcome: Outcome): Member {
  const failures = outcome.up ? 0 : (before?.failures ?? 0) + 1;
  const present = outcome.up || (before?.present === true && failures < failuresUntilLeft);
  return { node: outcome.node, present, failures, error: outcome.up ? '' : outcome.error };
}
