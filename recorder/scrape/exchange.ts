import type { Agent, Dispatcher } from 'undici';
import type { HeldBody } from './bodyMemory.ts';
import { ScrapeError } from './scrapeError.ts';

/** How far one request has come. Times are the recorder's clock, in seconds since the epoch. */
export interface Progress {
  /** When it was asked for; from the moment that it is sent, that moment. */
  requestedAt: number;
  /** When the head of the answer came. */
  answeredAt?: number;
  /** X-Kubemon-Clock of that head. */
  exporterClock?: number;
  /** Of the body, as far as it has come over the wire. */
  bytes: number;
}

export interface BodyLimits {
  readonly maxBytes: number;
  readonly held: HeldBody;
  /** Its reason is what the exchange then fails with. */
  readonly signal: AbortSignal;
}

export interface ExchangeOptions extends BodyLimits {
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: () => number;
  /** Whom the certificate must name; absent: the host of the URL. */
  readonly serverName?: string | undefined;
  /** What a status other than 200 means, in a clause, where more is known of it than its number. */
  readonly meaning: (status: number) => string | undefined;
}

export interface Reply {
  readonly encoding: string;
  /** Still encoded. */
  readonly body: Buffer;
}

/**
 * One GET, noting its progress. Undici's handler tells the moments that matter: onRequestStart comes
 * right before the request is written to an open connection, onResponseStart right after the head is
 * parsed. What is being connected cannot be aborted there: its request is then never sent.
 * Redirects are an answer like any other that is not 200.
 */
export function exchange(
  agent: Agent,
  url: URL,
  progress: Progress,
  { headers, clock, maxBytes, held, serverName, meaning, signal }: ExchangeOptions,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let encoding = '';
    let announcements = 0;
    let controller: Dispatcher.DispatchController | undefined;
    function fail(error: Error): void {
      reject(error);
      controller?.abort(error);
    }
    const onAbort = () => fail(abortReason(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    const { origin, pathname, search } = url;
    agent.dispatch(
      {
        origin,
        path: pathname + search,
        method: 'GET',
        headers,
        ...(serverName !== undefined && { servername: serverName }),
      },
      {
        onRequestStart(started) {
          controller = started;
          if (signal.aborted) started.abort(abortReason(signal));
          else progress.requestedAt = clock();
        },
        onResponseStart(_, status, answered) {
          if (status < 200) {
            // Without a limit they could come as fast as they are read.
            if (++announcements > maxAnnouncements) fail(new ScrapeError('broken', endlessAnnouncements));
            return;
          }
          progress.answeredAt = clock();
          const exporterClock = Number(answered['x-kubemon-clock']);
          if (exporterClock > 0 && exporterClock < endOfYear9999) progress.exporterClock = exporterClock;
          encoding = String(answered['content-encoding'] ?? '').toLowerCase();
          if (status !== 200) fail(statusError(status, meaning(status)));
          else if (Number(answered['content-length']) > maxBytes) fail(tooLarge(maxBytes));
        },
        onResponseData(_, chunk) {
          progress.bytes += chunk.length;
          if (progress.bytes > maxBytes) {
            fail(tooLarge(maxBytes));
            return;
          }
          chunks.push(chunk);
          held.grow(chunk.length);
        },
        onResponseEnd() {
          resolve({ encoding, body: Buffer.concat(chunks) });
        },
        onResponseError(_, error) {
          reject(error);
        },
      },
    );
  });
}

function statusError(status: number, meaning: string | undefined): ScrapeError {
  return new ScrapeError('status', meaning === undefined ? String(status) : `${status}, ${meaning}`);
}

/** Heads with a status below 200. */
const maxAnnouncements = 10;
const endlessAnnouncements = `more than ${maxAnnouncements} heads with a status below 200`;

/** What lies beyond it is no time. */
const endOfYear9999 = 253_402_300_800;

export function tooLarge(maxBytes: number): ScrapeError {
  return new ScrapeError('too_large', `the body has more than ${maxBytes} bytes`);
}

export function abortReason({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
