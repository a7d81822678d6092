import type { Collect } from './collect.ts';
import { scopes } from './collect.ts';
import type { Scope } from './metrics/spec.ts';
import type { Snapshot } from './snapshot.ts';

/** So far ahead a moment may be asked for, in seconds. */
export const farthest = 5;
/** A scrape this close to an appointment shares its collection, in seconds. */
const near = 0.1;
/** A timer may come a millisecond late: it is set this early, and the thread sleeps out the rest. */
const timerLead = 0.002;

interface Appointment {
  readonly at: number;
  readonly wanted: Set<Scope>;
  readonly snapshot: Promise<Snapshot>;
}

/** Collects at the moment asked for: now, or when the wall clock reads `at` seconds. */
export type CollectAt = (wanted: readonly Scope[], at?: number) => Snapshot | Promise<Snapshot>;

/**
 * Whoever asks for a moment within 100 ms of one that is already waited for shares its collection, so
 * that a recorder and a Prometheus together cost one pass. A moment that has passed means now.
 * @param clock wall clock, in seconds since the epoch.
 */
export function createAppointments(collect: Collect, clock: () => number): CollectAt {
  const appointments = new Set<Appointment>();

  function appoint(at: number, wanted: readonly Scope[]): Appointment {
    const appointment: Appointment = {
      at,
      wanted: new Set(wanted),
      snapshot: waitUntil(at, clock).then(() => {
        appointments.delete(appointment);
        return collect(scopes.filter((scope) => appointment.wanted.has(scope)));
      }),
    };
    appointments.add(appointment);
    return appointment;
  }

  return (wanted, at = 0) => {
    const now = clock();
    const moment = Math.max(at, now);
    const shared = [...appointments].find((other) => Math.abs(other.at - moment) <= near);
    if (shared === undefined && moment === now) return collect(wanted);
    const appointment = shared ?? appoint(moment, wanted);
    for (const scope of wanted) appointment.wanted.add(scope);
    return appointment.snapshot;
  };
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** A moment that comes to be far ahead, because the clock is set back, is not waited for. */
async function waitUntil(at: number, clock: () => number): Promise<void> {
  let left = at - clock();
  while (left > timerLead && left < 2 * farthest) {
    const lead = (left - timerLead) * 1000;
    await new Promise((resolve) => {
      setTimeout(resolve, lead);
    });
    left = at - clock();
  }
  // Atomics.wait sleeps to some 0.1 ms, and takes no CPU meanwhile.
  for (; left > 0 && left <= timerLead; left = at - clock()) Atomics.wait(never, 0, 0, left * 1000);
}
