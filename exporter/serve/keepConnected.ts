import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';
import { withinTime } from './timeLimit.ts';

/** A peer that is followed in the background. */
export interface Connection {
  /** Whether it is followed now. */
  readonly available: boolean;
  /** Whether the first attempt is still on its way. */
  readonly pending: boolean;
  /** Why it is not available, as a sentence; undefined while it is. */
  readonly reason?: string | undefined;
  /** Since when it has been followed or not, in seconds since the epoch. */
  readonly since: number;
  /** Ends the connection and every timer. */
  close(): void;
}

export interface Connecting {
  /** For sentences: Docker at unix:///var/run/docker.sock */
  readonly peer: string;
  /**
   * Connects, calls `connected` once the connection is of use, and settles when it has ended, with an
   * error or without. Must end when `signal` is aborted.
   */
  readonly follow: (signal: AbortSignal, connected: () => void) => Promise<void>;
  /** A sentence for the person who must act. */
  readonly explain: (error: unknown) => string;
  readonly log: Log;
  /** Seconds until `connected`; 30 where it is not given. */
  readonly patience?: number;
}

const firstDelay = 250;
const longestDelay = 10_000;

/**
 * Connects, and connects again when a connection fails or ends: at first after 250 ms, then ever less
 * often, down to every 10 s. The log has one line each time that the peer comes or goes. No timer of
 * it keeps the program running.
 */
export function keepConnected({ peer, follow, explain, log, patience = 30 }: Connecting): Connection {
  const closed = new AbortController();
  let state: 'new' | 'connected' | 'away' = 'new';
  let reason: string | undefined = `${peer} has not answered yet.`;
  let since = Date.now() / 1000;
  let delay = firstDelay;
  let cameAt = Infinity;

  function came(): void {
    if (closed.signal.aborted || state === 'connected') return;
    state = 'connected';
    since = Date.now() / 1000;
    reason = undefined;
    cameAt = performance.now();
    log.info(`Connected to ${peer}.`);
  }

  function went(why: string): void {
    if (closed.signal.aborted) return;
    if (state === 'new') log.info(why);
    if (state === 'connected') {
      log.warn(why);
      since = Date.now() / 1000;
    }
    state = 'away';
    reason = why;
  }

  async function connect(): Promise<void> {
    cameAt = Infinity;
    const limit = { signal: closed.signal, seconds: patience, lacking: 'no answer' };
    try {
      await withinTime(limit, (signal, timer) =>
        follow(signal, () => {
          clearTimeout(timer);
          came();
        }),
      );
      went(`${peer} ended the connection. It is tried again.`);
    } catch (error) {
      went(explain(error));
    }
  }

  async function keep(): Promise<void> {
    while (!closed.signal.aborted) {
      await connect();
      // A peer that always ends at once what it has accepted is asked less and less often, too.
      if (performance.now() - cameAt > longestDelay) delay = firstDelay;
      await sleep(delay, undefined, { signal: closed.signal, ref: false }).catch(() => undefined);
      delay = Math.min(delay * 2, longestDelay);
    }
  }

  void keep();
  return {
    get available() {
      return state === 'connected';
    },
    get pending() {
      return state === 'new';
    },
    get reason() {
      return reason;
    },
    get since() {
      return since;
    },
    close: () => {
      closed.abort();
      state = 'away';
      reason = `${peer} is no longer asked.`;
    },
  };
}
