import type { ReadableStream } from 'node:stream/web';
import { fetch, type Response } from 'undici';
import { errorCode } from '../../exporter/serve/errno.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { Refusal } from '../refusal.ts';
import type { ShardAnswer } from './shardAnswer.ts';

/** The recorders of all shards, this one among them. */
export interface Peers {
  /** Which of them this recorder is. */
  readonly own: number;
  /**
   * Asks all of them at once, each for itself alone, so that no question goes round. Who has not answered in
   * time, or refuses, has a problem.
   * @param own answers for this shard.
   */
  ask<Answer>(call: Call, own: () => Answer | Promise<Answer>): Promise<readonly ShardAnswer<Answer>[]>;
  /** What another shard sends. @throws where it does not answer. */
  download(shard: number, path: string): Promise<ReadableStream>;
}

export interface Call {
  readonly method: 'GET' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** For the daemons as they are now. */
export const askDaemons: Call = { method: 'GET', path: '/daemons', query: { probe: 'true' } };

export interface PeerOptions {
  /** Which of them this recorder is. */
  readonly shard: number;
  /** By shard. */
  readonly urls: readonly string[];
  /** All have the same; undefined: none is needed. */
  readonly token: (() => string) | undefined;
}

/**
 * Seconds that a peer has to answer: it may have to ask its targets, which takes one. Less than a client waits for
 * the shard that it asks (recorder/cli/patience.ts): else that could not tell who is away.
 */
const patience = 3;

/** What a shard that is asked with it tells for itself alone. */
export const ownOnly = { name: 'shard', value: 'own' } as const;

export function createPeers({ shard: own, urls, token }: PeerOptions): Peers {
  /** @param use takes of the response all that has to be there in time. @throws where it does not come. */
  async function request<Taken>(
    shard: number,
    { method, path, query = {} }: Call,
    use: (response: Response) => Taken | Promise<Taken>,
  ): Promise<Taken> {
    const url = urls[shard] ?? '';
    const headers = token === undefined ? {} : { authorization: `Bearer ${token()}` };
    const timer = new AbortController();
    const timeout = setTimeout(() => {
      timer.abort(new Error(`no answer within ${patience} s`));
    }, patience * 1000);
    try {
      const asked = new URLSearchParams({ ...query, [ownOnly.name]: ownOnly.value }).toString();
      const { signal } = timer;
      return await use(await fetch(`${url}${path}?${asked}`, { method, headers, redirect: 'error', signal }));
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      throw new Error(`it does not answer at ${url} (${errorCode(cause) ?? messageOf(cause)}).`, {
        cause: error,
      });
    } finally {
      clearTimeout(timeout);
    }
  }

  async function askPeer<Answer>(shard: number, call: Call): Promise<ShardAnswer<Answer>> {
    try {
      return await request(shard, call, async (response) => {
        const answer = parsed(await response.text());
        const { ok, status } = response;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's types are shared by the shards
        if (ok && isMessage(answer)) return { shard, answer: answer as Answer };
        if (isMessage(answer)) return { shard, problem: answer.message, status };
        return { shard, problem: `what answers at ${urls[shard] ?? ''} is not a kubemon recorder.` };
      });
    } catch (error) {
      return { shard, problem: messageOf(error) };
    }
  }

  async function askOwn<Answer>(ask: () => Answer | Promise<Answer>): Promise<ShardAnswer<Answer>> {
    try {
      return { shard: own, answer: await ask() };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { shard: own, problem: error.message, status: error.status };
    }
  }

  return {
    own,
    ask: <Answer>(call: Call, ask: () => Answer | Promise<Answer>) =>
      Promise.all(urls.map((_, shard) => (shard === own ? askOwn(ask) : askPeer<Answer>(shard, call)))),
    download: async (shard, path) => {
      // The body may be a whole run: it takes as long as it takes.
      const { ok, body, status } = await request(shard, { method: 'GET', path }, (response) => response);
      if (ok && body !== null) return body;
      await body?.cancel();
      throw new Error(`Shard ${shard} refuses ${path} (status ${status}).`);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMessage(value: unknown): value is { readonly message: string } {
  return (
    typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'
  );
}
