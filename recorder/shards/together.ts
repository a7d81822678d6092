import type {
  DaemonsAnswer,
  InstancesAnswer,
  MessageAnswer,
  RunAnswer,
  RunsAnswer,
  StatusAnswer,
} from '../api.ts';
import type { Control } from '../control.ts';
import { ownStatus } from '../control/ownStatus.ts';
import { Refusal } from '../refusal.ts';
import { mergeDaemons, mergeInstances, mergeRuns, mergeStatus } from './mergedAnswers.ts';
import { partsOfNewest } from './oneRun.ts';
import { isPart } from './partManifest.ts';
import { askDaemons, type Peers } from './peers.ts';
import { noRun, partsOf, problemsOf, runOfAll } from './runOfAll.ts';
import { answered, type ShardAnswer } from './shardAnswer.ts';
import { type StartAndStop, startAndStop } from './startAndStop.ts';

/** What all shards answer together; any of them can be asked. */
export interface Together extends StartAndStop {
  status(): Promise<StatusAnswer>;
  /** @param isProbed they are asked now. */
  daemons(isProbed: boolean): Promise<DaemonsAnswer>;
  instances(): Promise<InstancesAnswer>;
  runs(): Promise<RunsAnswer>;
  /** @throws Refusal where none has it. */
  run(name: string): Promise<RunAnswer>;
  /** Deletes the parts of all shards; names those of shards that there are no more. @throws Refusal where one does not. */
  remove(name: string): Promise<MessageAnswer>;
  /** Who has a part of a run; of two runs of that name the one that was started last. */
  holders(name: string): Promise<readonly ShardAnswer<RunAnswer>[]>;
}

export interface TogetherParts {
  readonly control: Control;
  readonly outputDir: string;
  readonly peers: Peers;
}

function get(path: string) {
  return { method: 'GET', path } as const;
}

function pathOf(run: string): string {
  return `/runs/${encodeURIComponent(run)}`;
}

export function createTogether({ control, outputDir, peers }: TogetherParts): Together {
  async function holders(name: string): Promise<readonly ShardAnswer<RunAnswer>[]> {
    const all = await peers.ask(get(pathOf(name)), () => control.run(name));
    const same = partsOfNewest(partsOf(all));
    const there = all.map((each) => {
      if ('problem' in each || !isPart(each.answer.manifest) || same.includes(each.answer.manifest))
        return each;
      const { start } = each.answer.manifest;
      return {
        shard: each.shard,
        problem: `what it has is another run of this name, which began at ${start}.`,
      };
    });
    // It was recorded by more than there are now.
    const gone = Array.from({ length: (same[0]?.shards ?? 0) - all.length }, (_, index) => ({
      shard: all.length + index,
      problem: `there are only ${all.length} recorders now.`,
    }));
    return [...there, ...gone];
  }

  async function status(): Promise<StatusAnswer> {
    return mergeStatus(await peers.ask(get('/status'), () => ownStatus(control, outputDir)));
  }

  return {
    status,
    daemons: async (isProbed) =>
      mergeDaemons(
        isProbed
          ? await peers.ask(askDaemons, control.probedDaemons)
          : await peers.ask(get('/daemons'), control.daemons),
      ),
    instances: async () => mergeInstances(await peers.ask(get('/instances'), control.instances)),
    runs: async () => mergeRuns(await peers.ask(get('/runs'), control.runs)),
    ...startAndStop({ control, peers, holders, status }),
    run: async (name) => runOfAll(name, await holders(name)),
    remove: async (name) => {
      const before = await holders(name);
      const all = await peers.ask({ method: 'DELETE', path: pathOf(name) }, () => control.remove(name));
      const left = all.filter((each) => 'problem' in each && each.status !== 404);
      const stays = before
        .slice(all.length)
        .map(
          ({ shard }) =>
            `The part of shard ${shard} stays where it was written: there are only ${all.length} recorders now.`,
        );
      const count = `Deleted run ${name} in ${answered(all).length} of ${all.length + stays.length} shards.`;
      const message = [count, ...problemsOf(left), ...stays].join(' ');
      if (answered(all).length === 0 && left.length === 0) throw noRun(name, all);
      const areConflicts = left.every((each) => 'problem' in each && each.status === 409);
      if (left.length > 0) throw new Refusal(areConflicts ? 409 : 503, message);
      return { message };
    },
    holders,
  };
}
