import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  DaemonsAnswer,
  RunAnswer,
  StartAnswer,
  StartRequest,
  StatusAnswer,
  StopAnswer,
} from '../api.ts';
import type { Control } from '../control.ts';
import { runFigures } from '../control/runFigures.ts';
import { startSentence } from '../control/startSentence.ts';
import { StoppedElsewhere } from '../control/stoppedElsewhere.ts';
import { Refusal } from '../refusal.ts';
import type { Peers } from './peers.ts';
import { recordersOf, runOfAll } from './runOfAll.ts';
import { answered, asked, type ShardAnswer } from './shardAnswer.ts';

/**
 * The verbs by which one shard begins and ends what all of them record. Where they have not agreed on a run, it is
 * that shard's alone, and so is the answer.
 */
export interface StartAndStop {
  /** Tells the daemons of all. @throws Refusal */
  start(request: StartRequest): Promise<StartAnswer>;
  /** Tells what has become of all parts, and of whose nothing is known yet. @throws Refusal */
  stop(): Promise<StopAnswer>;
}

export interface StartAndStopParts {
  readonly control: Control;
  readonly peers: Peers;
  /** What all tell of a run, each for itself. */
  readonly holders: (name: string) => Promise<readonly ShardAnswer<RunAnswer>[]>;
  readonly status: () => Promise<StatusAnswer>;
}

/** Milliseconds in which all shards can end what they have begun together, and between two looks at it. */
const [endPatience, pause] = [3_000, 100];

export function startAndStop({ control, peers, holders, status }: StartAndStopParts): StartAndStop {
  /** What all tell of it when none is at it any more. @param wait milliseconds until they end it. */
  async function ended(name: string, wait = 0): Promise<readonly ShardAnswer<RunAnswer>[]> {
    for (const end = performance.now() + wait + endPatience; ; await sleep(pause)) {
      const all = await holders(name);
      if (stillAt(all).length === 0 || performance.now() > end) return all;
    }
  }

  /** @throws StoppedElsewhere where nobody tells of it. */
  async function elsewhere(stopped: StoppedElsewhere): Promise<StopAnswer> {
    const { run, last } = stopped;
    const all = await ended(run, Math.max(0, last * 1000 - Date.now()));
    const told = await status();
    const path = [told.recording, told.last].find((each) => each?.run === run)?.path;
    if (path === undefined || answered(all).length === 0) throw stopped;
    return withAll({ message: 'Stopped collector', run, path }, all);
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
      try {
        const answer = await control.stop();
        if (!(await isAgreed(answer.run))) return answer;
        const all = await ended(answer.run);
        return answered(all).length === 0 ? answer : withAll(answer, all);
      } catch (error) {
        if (error instanceof StoppedElsewhere) return elsewhere(error);
        throw error;
      }
    },
  };
}

/** With what all tell of it. @throws Refusal where none has it. */
function withAll(
  answer: Pick<StopAnswer, 'message' | 'run' | 'path'>,
  all: readonly ShardAnswer<RunAnswer>[],
): StopAnswer {
  const { manifest } = runOfAll(answer.run, all);
  const message = endSentence(answer, recordersOf(all));
  return { ...answer, message, verdict: manifest.verdict, ...runFigures(manifest) };
}

function stillAt(all: readonly ShardAnswer<RunAnswer>[]): readonly number[] {
  return answered(all)
    .filter(({ answer }) => answer.manifest.state === 'recording')
    .map(({ shard }) => shard);
}

/** Also of whom the verdict does not tell yet. */
function endSentence(
  { message, run }: Pick<StopAnswer, 'message' | 'run'>,
  all: readonly ShardAnswer<RunAnswer>[],
): string {
  const late = stillAt(all).map(
    (shard) => `Shard ${shard} is still ending: GET /runs/${run} tells the verdict when it has ended.`,
  );
  if (late.length === 0 && answered(all).length === all.length) return message;
  const sentence = message.endsWith('.') ? message : `${message}.`;
  return asked([sentence, ...late].join(' '), all).message;
}

async function unlessRefused<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
