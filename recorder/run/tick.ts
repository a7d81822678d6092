import type { Scraper } from '../scrape/request.ts';
import type { Connection, ConnectionState, Outcome } from './connection.ts';
import { type Alarm, atMostUntil, until } from './runClock.ts';

export interface TickOptions {
  readonly alarm: Alarm;
  readonly scraper: Scraper;
  /** Seconds after the tick at which an answer is too late. */
  readonly timeout: number;
}

/** So many requests are sent at once, … */
const sentAtOnce = 25;
/** … and the next ones so many seconds later: the heads of a thousand answers would wait for one another, … */
const pause = 0.005;
/** … but all within this share of the time that is left until the tick. */
const longestSending = 1 / 4;

/**
 * Scrapes all targets for one tick; resolves when all have answered, at the latest at the deadline.
 *
 * Kubemon exporters are asked before it, to collect at the tick: the network delays nothing. They are asked some at a
 * time, since half of what a request and the head of its answer take is how well their clocks are known. All others
 * know no `at` and are asked when the tick comes: their samples are late by what a request needs to get
 * there, and nothing tells by how much.
 */
export function scrapeTick(
  tick: number,
  connections: readonly Connection[],
  options: TickOptions,
): Promise<readonly Outcome[]> {
  const { alarm } = options;
  const now = alarm.now();
  const groups = Math.ceil(connections.length / sentAtOnce);
  const apart = Math.min(pause, ((tick - now) * longestSending) / groups);
  const turns = Array.from({ length: groups }, (_, group) =>
    group === 0 || apart <= 0 ? undefined : until(alarm, now + group * apart),
  );
  return Promise.all(
    connections.map(async (connection, index) => {
      const turn = turns[Math.floor(index / sentAtOnce)];
      if (turn !== undefined) await turn;
      return scrapeTarget(tick, connection, options);
    }),
  );
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
