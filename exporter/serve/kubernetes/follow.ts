import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, keepConnected } from '../keepConnected.ts';
import { linesOf } from '../lines.ts';
import type { Log } from '../log.ts';
import { TimeUp, withinTime } from '../timeLimit.ts';
import {
  explainApiError,
  getJson,
  getStream,
  isStatus,
  type KubernetesApi,
  KubernetesApiError,
} from './api.ts';

/** What every object of the API has, as far as following it needs. */
export interface FollowedObject {
  readonly metadata?: { readonly resourceVersion?: string };
}

export type Change = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface Following<T extends FollowedObject> {
  readonly api: KubernetesApi;
  /** /api/v1/pods */
  readonly path: string;
  /** labelSelector, fieldSelector */
  readonly query: Readonly<Record<string, string>>;
  /** For sentences: "the pods of node1". */
  readonly what: string;
  /** Just these are there now. */
  readonly onList: (objects: readonly T[]) => void;
  readonly onChange: (change: Change, object: T) => void;
  /** What a list or watch failed with; it is tried again all the same. */
  readonly onError?: (error: unknown) => void;
  /** A sentence for the person who must act; undefined: the usual one. */
  readonly explain?: (error: unknown) => string | undefined;
  readonly log: Log;
  /** Seconds without a word after which a watch is replaced; 90 where it is not given. */
  readonly silence?: number;
}

/** Seconds that a list may take. */
const listSeconds = 20;
/** Seconds after which the server ends a watch, which is then opened again where it ended. */
const watchSeconds = 300;
/** Most servers send a bookmark a minute. */
const defaultSilence = 90;
/** Milliseconds. */
const shortestWait = 250;
const longestWait = 10_000;
const shortWatch = 1000;

/**
 * Keeps up with objects of the Kubernetes API: a list, then a watch from there on. A watch that ends is opened
 * again where it ended. When that version is no longer known (410), or the watch has said nothing for too long
 * and may be dead, there is a list again, ever later if that repeats. What was told stays true until it is told
 * otherwise; of several API servers one may be behind, and is not asked for what is older than that.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function followObjects<T extends FollowedObject>(following: Following<T>): Connection {
  const { api, what, log } = following;
  const place: Place = { version: anyVersion };
  return keepConnected({
    peer: `Kubernetes at ${api.server} (${what})`,
    follow: (signal, connected) => follow(following, place, signal, connected),
    explain: (error) => {
      following.onError?.(error);
      return following.explain?.(error) ?? explainApiError(api, what, error);
    },
    log,
  });
}

/** How far the following has come: it stays when the connection does not. */
interface Place {
  /** The resourceVersion that was told last, or one of the two below. */
  version: string;
}

/** Any that the server has at hand: a thousand exporters that start together cost it little. */
const anyVersion = '0';
const latestVersion = '';

async function follow<T extends FollowedObject>(
  following: Following<T>,
  place: Place,
  signal: AbortSignal,
  connected: () => void,
): Promise<void> {
  let isListed = false;
  // A server that ends each watch at once is asked ever less often.
  for (let wait = shortestWait; ; wait = Math.min(wait * 2, longestWait)) {
    if (!isListed) {
      const objects = await list(following, place, signal);
      connected();
      following.onList(objects);
    }
    const opened = performance.now();
    isListed = await watch(following, place, signal);
    if (performance.now() - opened > shortWatch) wait = shortestWait;
    await sleep(wait, undefined, { signal, ref: false });
  }
}

/** All objects, not older than what was told before. Of one node or one service there are never many. */
async function list<T extends FollowedObject>(
  { api, path, query }: Following<T>,
  place: Place,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const limit = { signal, seconds: listSeconds, lacking: 'no answer' };
  const asked = { ...query, resourceVersion: place.version };
  try {
    const answer = await withinTime(limit, async (inTime) => getJson(api, path, asked, inTime));
    if (!isList<T>(answer)) throw new Error('the answer is no list of objects');
    place.version = answer.metadata.resourceVersion;
    return answer.items ?? [];
  } catch (error) {
    // That of a cluster whose etcd was restored from a backup, which knows nothing so new.
    if (isStatus(error, 410, 504)) place.version = latestVersion;
    throw error;
  }
}

interface ObjectList<T> {
  readonly items: readonly T[] | null;
  readonly metadata: { readonly resourceVersion: string };
}

/** Anything else must not be taken for an empty list: then all that is known would be gone. */
function isList<T>(answer: unknown): answer is ObjectList<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- looked at right here
  const { items, metadata } = (answer ?? {}) as Partial<ObjectList<T>>;
  return (Array.isArray(items) || items === null) && typeof metadata?.resourceVersion === 'string';
}

/** Tells what changes; whether it can go on from there, or a list is needed. */
async function watch<T extends FollowedObject>(
  following: Following<T>,
  place: Place,
  signal: AbortSignal,
): Promise<boolean> {
  const { api, path, query, silence = defaultSilence } = following;
  const watching = {
    ...query,
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: place.version,
    timeoutSeconds: String(watchSeconds),
  };
  try {
    await withinTime({ signal, seconds: silence, lacking: 'no word' }, async (whileHeard, timer) => {
      const stream = await getStream(api, path, watching, whileHeard);
      // What lies in between may forget a connection on which nothing is sent.
      stream.socket.setKeepAlive(true, 30_000);
      for await (const line of linesOf(stream)) {
        timer.refresh();
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own types
        take(following, place, JSON.parse(line) as WatchEvent<T>);
      }
    });
    return true;
  } catch (error) {
    if (isStatus(error, 410)) place.version = latestVersion;
    if (isStatus(error, 410) || error instanceof TimeUp) return false;
    throw error;
  }
}

type WatchEvent<T> =
  | { readonly type: Change | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: { readonly code?: number; readonly message?: string } };

/** Tells one event. @throws KubernetesApiError for an event that is an error. */
function take<T extends FollowedObject>(following: Following<T>, place: Place, event: WatchEvent<T>): void {
  if (event.type === 'ERROR') {
    throw new KubernetesApiError(event.object.code ?? 0, event.object.message ?? '');
  }
  if (event.type !== 'BOOKMARK') following.onChange(event.type, event.object);
  place.version = event.object.metadata?.resourceVersion ?? place.version;
}
