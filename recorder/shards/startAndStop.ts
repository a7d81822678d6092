import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonsAnswer, RunAnswer, StartAnswer, StartRequest, StopAnswer } from '../api.ts';
import type { Control } from '../control.ts';
import { runFigures } from '../control/runFigures.ts';
import { startSentence } from '../control/startSentence.ts';
import { Refusal } from '../refusal.ts';
import type { Peers } from './peers.ts';
import { answered, asked } from './shardAnswer.ts';

/**
 * The verbs by which one shard begins and ends what all of them record. Where they have not agreed on a run, it is
 * that shard's alone, and so is the answer.
 */
export interface StartAndStop {
  /** Tells the daemons of all. @throws Refusal */
  start(request: StartRequest): Promise<StartAnswer>;
  /** Tells what has become of all parts. @throws Refusal */
  stop(): Promise<StopAnswer>;
}

export interface StartAndStopParts {
  readonly control: Control;
  readonly peers: Peers;
  /** What all tell of a run. @throws Refusal */
  readonly run: (name: string) => Promise<RunAnswer>;
}

/** Milliseconds in which all shards can end what they have begun together, and between two looks at it. */
const [endPatience, pause] = [3_000, 100];

export function startAndStop({ control, peers, run }: StartAndStopParts): StartAndStop {
  /** What all tell of it when none is at it any more; undefined: there is nothing to tell. */
  async function ended(name: string): Promise<RunAnswer | undefined> {
    for (const end = performance.now() + endPatience; ; await sleep(pause)) {
      const answer = await unlessRefused(run(name));
      if (answer?.manifest.state !== 'recording' || performance.now() > end) return answer;
    }
  }

  async function isAgreed(name: string): Promise<boolean> {
    const answer = await unlessRefused(control.run(name));
    return answer?.manifest.settings.firstTick !== undefined;
  }

  return {
    start: async (request) => {
      const answer = await control.start(request);
      if (!(await isAgreed(answer.run))) return answer;
      const all = await peers.ask<DaemonsAnswer>({ method: 'GET', path: '/daemons' }, control.daemons);
      const daemons = answered(all).reduce((sum, { answer: { connected } }) => sum + connected, 0);
      const sentence = startSentence(daemons, hostname(), answer.path);
      const areAllThere = answered(all).length === all.length;
      return { ...answer, daemons, message: areAllThere ? sentence : asked(`${sentence}.`, all).message };
    },
    stop: async () => {
      const answer = await control.stop();
      const { manifest } = ((await isAgreed(answer.run)) ? await ended(answer.run) : undefined) ?? {};
      return manifest === undefined
        ? answer
        : { ...answer, verdict: manifest.verdict, ...runFigures(manifest) };
    },
  };
}

async function unlessRefused<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
