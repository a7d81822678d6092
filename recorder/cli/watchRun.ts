import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest, StatusAnswer } from '../api.ts';
import type { RecorderClient } from './client.ts';
import { Interrupted } from './interrupted.ts';
import { patience } from './patience.ts';
import { RecorderError } from './recorderError.ts';

/** How a run that was watched has ended. */
export interface WatchedRun {
  readonly manifest: Manifest;
  /** Of its folder on the recorder's machine, where it was seen. */
  readonly path: string;
  /** What is to be known of its end besides: a sentence. */
  readonly problem: string | undefined;
}

/** Shows what is on; see watchRun. */
export interface WatchView {
  /** Also when nothing is new. */
  readonly show: (status: StatusAnswer) => void;
  /** The recorder does not answer: a sentence. */
  readonly away: (reason: string) => void;
  readonly end: () => void;
}

/** Seconds between two questions: no oftener than people read, no seldomer than they wait. */
const soonest = 1;
const latest = 5;

/** The run.json of a run of many daemons is large: it may take so many milliseconds. */
const manifestPatience = 30_000;

/**
 * Asks how the run goes, about once a tick, until it ends. A recorder that goes away is waited for: it goes on
 * with the run when it is back.
 * @throws Interrupted after the signal: the run goes on.
 */
export async function watchRun(
  client: RecorderClient,
  run: string,
  view: WatchView,
  signal: AbortSignal,
): Promise<WatchedRun> {
  let path = run;
  let pause = soonest;
  try {
    for (;;) {
      const ended = await orAway(view, async () => {
        const status = await client.status(patience);
        const { recording, last } = status;
        if (recording?.run !== run) return endOf(client, run, last);
        path = recording.path;
        pause = Math.min(Math.max(recording.interval, soonest), latest);
        view.show(status);
        return undefined;
      });
      if (ended !== undefined) return { path, ...ended };
      await sleep(pause * 1000, undefined, { signal });
    }
  } catch (error) {
    throw signal.aborted ? new Interrupted(goesOn(run)) : error;
  } finally {
    view.end();
  }
}

function goesOn(run: string): string {
  return `Run ${run} goes on: "kubemon status --watch" shows it again, "kubemon stop" ends it.`;
}

/** Undefined: it is being started or stopped. */
async function endOf(
  client: RecorderClient,
  run: string,
  last: StatusAnswer['last'],
): Promise<Pick<WatchedRun, 'manifest' | 'problem'> | undefined> {
  const { manifest } = await client.run(run, manifestPatience);
  if (manifest.state === 'recording') return undefined;
  return { manifest, problem: last?.run === run ? last.problem : undefined };
}

/** Undefined, too, where there is no answer. */
async function orAway<T>(view: WatchView, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RecorderError) || error.code !== 'unreachable') throw error;
    view.away(error.message);
    return undefined;
  }
}
