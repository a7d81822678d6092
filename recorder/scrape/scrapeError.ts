import { certificateProblem } from '../../exporter/serve/certificateProblem.ts';
import { errorCode } from '../../exporter/serve/errno.ts';

/**
 * Why a scrape failed: what all reasons begin with. `unreachable`: no such name or no way there;
 * `refused`: nobody listens; `timeout`: nothing, or not everything, by the deadline; `status`: other
 * than 200; `too_large`: more bytes than allowed; `untrusted`: its certificate; `broken`: the connection or
 * what came over it.
 */
export type ScrapeErrorWord =
  'unreachable' | 'refused' | 'timeout' | 'status' | 'too_large' | 'untrusted' | 'broken';

export class ScrapeError extends Error {
  override readonly name = 'ScrapeError';

  constructor(word: ScrapeErrorWord, what: string, options?: ErrorOptions) {
    super(`${word}: ${what.replaceAll(/\s+/g, ' ')}`, options);
  }
}

/** What undici, the sockets and the resolver throw, under one of the words. */
export function asScrapeError(error: unknown): ScrapeError {
  if (error instanceof ScrapeError) return error;
  // A name with several addresses fails with all their errors and no message.
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const problem = certificateProblem(cause);
  if (problem !== undefined) return new ScrapeError('untrusted', problem, { cause: error });
  const what = cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
  return new ScrapeError(words.get(errorCode(cause) ?? '') ?? 'broken', what, { cause: error });
}

/** Has the other side closed the connection, as it may at any time between two requests? */
export function isDisconnect(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(errorCode(error) ?? '');
}

const words: ReadonlyMap<string, ScrapeErrorWord> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
]);
