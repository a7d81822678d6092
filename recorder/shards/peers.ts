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
  ask<Answer>(
    call: { readonly method: 'GET' | 'DELETE'; readonly path: string },
    own: () => Answer | Promise<Answer>,
  ): Promise<readonly ShardAnswer<Answer>[]>;
  /** What another shard sends. @throws where it does not answer. */
  download(shard: number, path: string): Promise<ReadableStream>;
}

export interface PeerOptions {
  /** Which of them this recorder is. */
  readonly shard: number;
  /** By shard. */
  readonly urls: readonly string[];
  /** All have the same; undefined: none is needed. */
  readonly token: (() => string) | undefined;
}

/** Seconds that a peer has to answer: it may have to ask its targets, which takes one. */
const patience = 3;

/** What a shard that is asked with it tells for itself alone. */
export const ownOnly = { name: 'shard', value: 'own' } as const;

export function createPeers({ shard: own, urls, token }: PeerOptions): Peers {
  async function request(shard: number, method: string, path: string): Promise<Response> {
    const url = urls[shard] ?? '';
    const headers = token === undefined ? {} : { authorization: `Bearer ${token()}` };
    const timer = new AbortController();
    const timeout = setTimeout(() => {
      timer.abort(new Error(`no answer within ${patience} s`));
    }, patience * 1000);
    try {
      return await fetch(`${url}${path}?${ownOnly.name}=${ownOnly.value}`, {
        method,
        headers,
        redirect: 'error',
        // Not on the body, which may be a whole run.
        signal: timer.signal,
      });
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      throw new Error(`it does not answer at ${url} (${errorCode(cause) ?? messageOf(cause)}).`, {
        cause: error,
      });
    } finally {
      clearTimeout(timeout);
    }
  }

  async function json<Answer>(shard: number, method: string, path: string): Promise<Answer> {
    const response = await request(shard, method, path);
    const answer: unknown = await response.json().catch(() => undefined);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's types are shared by the shards
    if (response.ok && isMessage(answer)) return answer as Answer;
    const url = urls[shard] ?? '';
    throw new Error(isMessage(answer) ? answer.message : `what answers at ${url} is not a kubemon recorder.`);
  }

  async function answerOf<Answer>(
    shard: number,
    ask: () => Answer | Promise<Answer>,
  ): Promise<ShardAnswer<Answer>> {
    try {
      return { shard, answer: await ask() };
    } catch (error) {
      if (shard === own && !(error instanceof Refusal)) throw error;
      return { shard, problem: messageOf(error) };
    }
  }

  return {
    own,
    ask: <Answer>(
      { method, path }: { readonly method: string; readonly path: string },
      ask: () => Answer | Promise<Answer>,
    ) =>
      Promise.all(
        urls.map((_, shard) =>
          answerOf(shard, shard === own ? ask : () => json<Answer>(shard, method, path)),
        ),
      ),
    download: async (shard, path) => {
      const response = await request(shard, 'GET', path);
      if (response.ok && response.body !== null) return response.body;
      throw new Error(`Shard ${shard} refuses ${path} (status ${response.status}).`);
    },
  };
}

function isMessage(value: unknown): value is { readonly message: string } {
  return (
    typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'
  );
}
