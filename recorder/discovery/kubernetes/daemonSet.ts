import { setTimeout as sleep } from 'node:timers/promises';
import type { V1DaemonSet } from '@kubernetes/client-node';
import {
  explainApiError,
  getJson,
  isStatus,
  type KubernetesApi,
} from '../../../exporter/serve/kubernetes/api.ts';
import type { Log } from '../../../exporter/serve/log.ts';
import { withinTime } from '../../../exporter/serve/timeLimit.ts';
import type { Problem } from '../discovery.ts';

/** How many pods a DaemonSet wants, a node whose pod never started included. */
export interface DesiredDaemons {
  /** Whether the API has told or refused it, or that there is none. */
  answered(): boolean;
  /** As last told; undefined where there is no such DaemonSet, or it may not be read. */
  desired(): number | undefined;
  /** Whether RBAC refuses it. */
  refused(): boolean;
  /** Why the API does not tell it now; that it refuses is none. */
  problem(): Problem | undefined;
  close(): void;
}

export interface AskingDaemonSet {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly name: string;
  readonly log: Log;
  readonly onChange: () => void;
}

/** Seconds between two questions, and that each may take. */
const askEvery = 5;
const patience = 15;

/** Asks for one DaemonSet again and again: that takes no more than the right to get this one object. */
export function askDaemonSet({ api, namespace, name, log, onChange }: AskingDaemonSet): DesiredDaemons {
  const what = `the DaemonSet ${namespace}/${name}`;
  const closed = new AbortController();
  let desired: number | undefined;
  let answered = false;
  let refused = false;
  let problem: Problem | undefined;

  async function ask(): Promise<void> {
    const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}`;
    const limit = { signal: closed.signal, seconds: patience, lacking: 'no answer' };
    try {
      const answer = await withinTime(limit, async (signal) => getJson(api, path, {}, signal));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own types
      take((answer as V1DaemonSet | null)?.status?.desiredNumberScheduled, false);
    } catch (error) {
      if (!closed.signal.aborted) fail(error);
    }
  }

  function fail(error: unknown): void {
    const message = explainApiError(api, what, error);
    if (isStatus(error, 404)) {
      take(undefined, false);
    } else if (isStatus(error, 403)) {
      if (!refused) log.warn(`${message} Until then a node whose daemon never started is not missed.`);
      take(undefined, true);
    } else {
      if (problem === undefined) log.warn(message);
      problem = { message, since: problem?.since ?? Date.now() / 1000 };
    }
  }

  function take(next: number | undefined, isRefused: boolean): void {
    const changed = !answered || next !== desired || isRefused !== refused;
    answered = true;
    desired = next;
    refused = isRefused;
    problem = undefined;
    if (changed) onChange();
  }

  async function askAgain(): Promise<void> {
    while (!closed.signal.aborted) {
      await ask();
      await sleep(askEvery * 1000, undefined, { signal: closed.signal, ref: false }).catch(() => undefined);
    }
  }
  void askAgain();

  return {
    answered: () => answered,
    desired: () => desired,
    refused: () => refused,
    problem: () => problem,
    close: () => closed.abort(),
  };
}
