import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, keepConnected } from '../keepConnected.ts';
import { linesOf } from '../lines.ts';
import type { Log } from '../log.ts';
import { explainApiError, getJson, getStream, type KubernetesApi, KubernetesApiError } from './api.ts';

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
  readonly log: Log;
  /** Seconds without a word after which a list or watch is taken for dead; 90 where it is not given. */
  readonly silence?: number;
}

/** Objects in one page of a list. */
const pageSize = 500;
/** Seconds after which the server ends a watch, which is then opened again where it ended. */
const watchSeconds = 300;
/** The server sends a bookmark a minute: two that do not come are too much. */
const defaultSilence = 90;
/** Milliseconds. */
const shortestWait = 250;
const longestWait = 10_000;
const shortWatch = 1000;

/**
 * Keeps up with objects of the Kubernetes API: a list, then a watch from there on, for as long as the
 * versions that it asks for are known; then (410) a list again, ever later if that repeats. A watch that
 * says nothing for too long is replaced, and so is one whose connection breaks. What was told stays
 * true until it is told otherwise.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function followObjects<T extends FollowedObject>(following: Following<T>): Connection {
  const { api, what, log } = following;
  return keepConnected({
    peer: `Kubernetes at ${api.server} (${what})`,
    follow: (signal, connected) => follow(following, signal, connected),
    explain: (error) => {
      following.onError?.(error);
      return explainApiError(api, what, error);
    },
    log,
  });
}

async function follow<T extends FollowedObject>(
  following: Following<T>,
  signal: AbortSignal,
  connected: () => void,
): Promise<void> {
  let version: string | undefined;
  // A server that ends each watch at once is asked ever less often.
  for (let wait = shortestWait; ; wait = Math.min(wait * 2, longestWait)) {
    if (version === undefined) {
      version = await list(following, signal);
      connected();
    }
    const opened = performance.now();
    version = await watch(following, version, signal);
    if (performance.now() - opened > shortWatch) wait = shortestWait;
    await sleep(wait, undefined, { signal, ref: false });
  }
}

/** Tells all objects; the version of the list. */
async function list<T extends FollowedObject>(following: Following<T>, signal: AbortSignal): Promise<string> {
  const { api, path, query, onList } = following;
  const objects: T[] = [];
  // Version 0 is any that the server has at hand: a thousand exporters that start together cost it little.
  let page: Record<string, string> = { resourceVersion: '0' };
  for (;;) {
    const limits = { ...query, ...page, limit: String(pageSize) };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own types
    const answer = (await unlessSilent(following, signal, async (whileHeard) =>
      getJson(api, path, limits, whileHeard),
    )) as ObjectList<T>;
    objects.push(...(answer.items ?? []));
    const { resourceVersion = '', continue: rest = '' } = answer.metadata ?? {};
    if (rest === '') {
      onList(objects);
      return resourceVersion;
    }
    page = { continue: rest };
  }
}

interface ObjectList<T> {
  readonly items?: readonly T[] | null;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
}

/** Tells what changes; the version to go on from, or undefined when a list is needed. */
async function watch<T extends FollowedObject>(
  following: Following<T>,
  from: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { api, path, query } = following;
  let version = from;
  try {
    const watching = {
      ...query,
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: from,
      timeoutSeconds: String(watchSeconds),
    };
    await unlessSilent(following, signal, async (whileHeard, heard) => {
      const stream = await getStream(api, path, watching, whileHeard);
      stream.socket.setKeepAlive(true, 30_000);
      for await (const line of linesOf(stream)) {
        heard();
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own types
        version = take(following, JSON.parse(line) as WatchEvent<T>) ?? version;
      }
    });
    return version;
  } catch (error) {
    if (error instanceof KubernetesApiError && error.status === 410) return undefined;
    throw error;
  }
}

/** Listens with a signal that is aborted, too, when nothing has been `heard` for too long. */
async function unlessSilent<Heard>(
  { silence = defaultSilence }: Pick<Following<never>, 'silence'>,
  signal: AbortSignal,
  listen: (whileHeard: AbortSignal, heard: () => void) => Promise<Heard>,
): Promise<Heard> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), silence * 1000).unref();
  try {
    return await listen(AbortSignal.any([signal, silent.signal]), () => void timer.refresh());
  } catch (error) {
    if (!silent.signal.aborted) throw error;
    throw new Error(`it has said nothing for ${silence} s`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

type WatchEvent<T> =
  | { readonly type: Change | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: { readonly code?: number; readonly message?: string } };

/** Tells one event; the version it brings. @throws KubernetesApiError for an event that is an error. */
function take<T extends FollowedObject>(following: Following<T>, event: WatchEvent<T>): string | undefined {
  if (event.type === 'ERROR') {
    throw new KubernetesApiError(event.object.code ?? 0, event.object.message ?? '');
  }
  if (event.type !== 'BOOKMARK') following.onChange(event.type, event.object);
  return event.object.metadata?.resourceVersion;
}
