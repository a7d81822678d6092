import type { ReadableStream } from 'node:stream/web';
import { Agent, fetch, Headers, type Response } from 'undici';
import type { ErrorAnswer, MessageAnswer } from '../api.ts';
import { certificateProblem } from '../../exporter/serve/certificateProblem.ts';
import { errorCode } from '../../exporter/serve/errno.ts';
import { RecorderError } from './recorderError.ts';

/** A recorder at the other end of HTTP. Every failure is a RecorderError. */
export interface RecorderServer {
  /** Asks for JSON; a body is sent as JSON, too. */
  ask<Answer extends MessageAnswer>(
    method: string,
    path: string,
    body?: unknown,
    patience?: Patience,
  ): Promise<Answer>;
  download(path: string): Promise<ReadableStream>;
  /** A file, or from a byte on what a file of that ETag has: see Part. */
  part(path: string, from: number, etag: string | undefined): Promise<Part>;
  /** Breaks off whatever is asked; what was asked then throws its reason. */
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds after which a recorder that has not answered whole is unreachable; undefined: there is no limit. */
export type Patience = number | undefined;

/** What is there of a file: https://www.rfc-editor.org/rfc/rfc9110#name-range-requests */
export interface Part {
  /** The first byte of the body; 0 where the file is not that which was asked for. */
  readonly from: number;
  readonly etag: string | undefined;
  readonly body: ReadableStream;
}

export interface Credentials {
  readonly token?: string | undefined;
  /** PEM of the authorities that a certificate must come from; undefined: those that Node.js knows. */
  readonly ca?: string | undefined;
  /** Breaks off whatever is asked, and what is being received. */
  readonly signal?: AbortSignal | undefined;
}

const tokenAdvice = 'Say with --token-file FILE (AUTH_TOKEN_FILE) which token the recorder wants.';

/**
 * Keeps the response of a body for as long as that is there: undici cancels the body of one that is collected as
 * garbage before anybody reads it, and it ends as if it were empty.
 */
const responses = new WeakMap<ReadableStream, Response>();

/** @param url of the recorder, without a path. */
export function recorderServer(url: string, { token, ca, signal }: Credentials): RecorderServer {
  const dispatcher = ca === undefined ? undefined : new Agent({ connect: { ca } });

  async function request(
    method: string,
    path: string,
    body?: unknown,
    { given = {}, ending = signal }: RequestOptions = {},
  ): Promise<Response> {
    const headers = new Headers(given);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    const content = body === undefined ? null : JSON.stringify(body);
    let response;
    try {
      response = await fetch(url + path, {
        method,
        headers,
        body: content,
        redirect: 'error',
        ...(dispatcher && { dispatcher }),
        ...(ending && { signal: ending }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw unreachable(url, error);
    }
    if (response.ok) return response;
    if (response.status === 426 && url.startsWith('http:')) throw wantsHttps(url);
    const answer = await json(response);
    if (!isRefusal(answer)) throw notARecorder(url, response);
    const { code, message } = answer.error;
    const advice = response.status === 401 ? ` ${tokenAdvice}` : '';
    throw new RecorderError(code, `${message}${advice}`, { status: response.status });
  }

  function bodyOf(response: Response): ReadableStream {
    if (response.body === null) throw notARecorder(url, response);
    responses.set(response.body, response);
    return response.body;
  }

  /** Undefined: it is no JSON. @throws RecorderError when it breaks off */
  async function json(response: Response): Promise<unknown> {
    let text;
    try {
      text = await response.text();
    } catch (error) {
      signal?.throwIfAborted();
      throw unreachable(url, error);
    }
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  return {
    signal,
    ask: async <Answer>(method: string, path: string, body?: unknown, patience?: Patience) => {
      const late = patience === undefined ? [] : [AbortSignal.timeout(patience)];
      const ending = AbortSignal.any([...(signal === undefined ? [] : [signal]), ...late]);
      const response = await request(method, path, body, { ending });
      const answer = await json(response);
      if (!isMessage(answer)) throw notARecorder(url, response);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's types are shared with the server
      return answer as Answer;
    },
    download: async (path) => {
      return bodyOf(await request('GET', path));
    },
    part: async (path, from, etag) => {
      // Compressed on the way, a body would not be the bytes that were asked for.
      const identity = { 'accept-encoding': 'identity' };
      const range = from === 0 ? {} : { range: `bytes=${from}-`, 'if-range': etag ?? '' };
      const response = await request('GET', path, undefined, { given: { ...identity, ...range } });
      const body = bodyOf(response);
      const told = response.headers.get('content-range') ?? '';
      const [, first] = /^bytes (\d+)-/.exec(told) ?? [];
      if (response.status === 206 && Number(first) !== from) {
        await body.cancel();
        throw otherRange(url + path, from, told);
      }
      return {
        from: response.status === 206 ? from : 0,
        etag: response.headers.get('etag') ?? undefined,
        body,
      };
    },
  };
}

interface RequestOptions {
  /** Headers. */
  readonly given?: Readonly<Record<string, string>>;
  readonly ending?: AbortSignal | undefined;
}

function unreachable(url: string, error: unknown): RecorderError {
  // What fetch throws says no more than that it failed; its cause says why.
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const problem = certificateProblem(cause);
  if (problem !== undefined) return untrusted(url, problem, cause);
  const code = isLate(cause) ? 'ETIMEDOUT' : (errorCode(cause) ?? '');
  const message = cause instanceof Error && cause.message !== '' ? cause.message : code;
  return new RecorderError(
    'unreachable',
    `No recorder answers at ${url} (${reasons[code] ?? message}). ` +
      'Start one with `kubemon recorder` or `kubemon local`, or say where it is with --host HOST[:PORT].',
    { cause },
  );
}

/** AbortSignal.timeout has ended it. */
function isLate(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'TimeoutError';
}

function untrusted(url: string, problem: string, cause: unknown): RecorderError {
  return new RecorderError(
    'unreachable',
    `The recorder at ${url} cannot be trusted: ${problem}. ` +
      'Say with --ca-file FILE (KUBEMON_CA_FILE) whose certificates to trust, and with --host the name that its certificate has.',
    { cause },
  );
}

function wantsHttps(url: string): RecorderError {
  const secure = url.replace('http:', 'https:');
  return new RecorderError('unreachable', `What answers at ${url} speaks TLS only: say --host ${secure}.`, {
    status: 426,
  });
}

function notARecorder(url: string, { status }: Response): RecorderError {
  return new RecorderError(
    'not_a_recorder',
    `What answers at ${url} (status ${status}) is not a kubemon recorder: correct --host HOST[:PORT].`,
    { status },
  );
}

function otherRange(url: string, from: number, told: string): RecorderError {
  return new RecorderError(
    'not_a_recorder',
    `${url} was asked for its bytes from ${from} on, and the answer has others (Content-Range: "${told}"): ` +
      'go to the recorder past the proxy that changes its answers.',
    { status: 206 },
  );
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be looked up now',
  EHOSTUNREACH: 'no route to the host',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  UND_ERR_SOCKET: 'the connection was closed',
  ECONNRESET: 'the connection was closed',
};

function isMessage(answer: unknown): answer is MessageAnswer {
  return isObject(answer) && typeof answer['message'] === 'string';
}

function isRefusal(answer: unknown): answer is ErrorAnswer {
  return isObject(answer) && isMessage(answer['error']);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
