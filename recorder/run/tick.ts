import type { Scraper } from '../scrape/request.ts';
import type { Connection, ConnectionState, Outcome } from './connection.ts';
import { type Alarm, atMostUntil, until } from './runClock.ts';

export interface TickOptions {
  readonly alarm: Alarm;
  readonly scraper: Scraper;
  /** Seconds after the tick at which an answer is too late. */
  readonly timeout: number;
}

/**
 * Scrapes all targets for one tick; resolves when all have answered, at the latest at the deadline.
 *
 * Kubemon exporters are asked at once, to collect at the tick: the network delays nothing. All others
 * know no `at` and are asked when the tick comes: their samples are late by what a request needs to get
 * there, and nothing tells by how much.
 */
export function scrapeTick(
  tick: number,
  connections: readonly Connection[],
  options: TickOptions,
): Promise<readonly Outcome[]> {
  return Promise.all(connections.map((connection) => scrapeTarget(tick, connection, options)));
}

async function scrapeTarget(
  tick: number,
  connection: Connection,
  { alarm, scraper, timeout }: TickOptions,
): Promise<Outcome> {
  const deadline = tick + timeout;
  // The last tick's deadline may lie after this one's start: there is time until the tick itself.
  const busy = connection.inFlight();
  if (busy !== undefined) await atMostUntil(alarm, tick, busy);
  const at = takesAt(connection.state(), tick - alarm.now(), timeout);
  if (!at) await until(alarm, tick);
  if (connection.inFlight() !== undefined) {
    return connection.notAsked('busy: the last request is still not answered');
  }
  return connection.ask(scraper, { deadline, ...(at && { at: tick }) });
}

/** What an exporter accepts as `at`, in seconds off its clock, less a second for the lead. */
const maxClockOffset = 4;

/**
 * Whether a target is asked to collect at the tick, which is so many seconds ahead: a kubemon exporter
 * whose clock is known to be near. By one that is ahead by more the tick has passed, and it would collect
 * too early; one that is behind by the timeout would answer when it is too late.
 */
function takesAt({ role, clock }: ConnectionState, ahead: number, timeout: number): boolean {
  if (role !== 'daemon' || clock === undefined) return false;
  const { offset, error } = clock;
  return Math.abs(offset) <= maxClockOffset && offset - error < ahead && -offset < timeout;
}
