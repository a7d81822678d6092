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
import { mergeManifests } from './mergeManifests.ts';
import { mergeDaemons, mergeInstances, mergeRuns, mergeStatus } from './mergedAnswers.ts';
import { partsOfNewest } from './oneRun.ts';
import { isPart, type PartManifest, told } from './partManifest.ts';
import { askDaemons, type Peers } from './peers.ts';
import { answered, asked, type ShardAnswer } from './shardAnswer.ts';
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
  /** Deletes the parts of all shards. @throws Refusal where one does not. */
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

  async function run(name: string): Promise<RunAnswer> {
    const all = await holders(name);
    const [first, ...others] = partsOf(all);
    const [whole] = answered(all);
    if (whole === undefined) throw noRun(name, all);
    if (first === undefined) return whole.answer;
    const manifest = mergeManifests([first, ...others]);
    const verdict = manifest.state === 'stopped' ? `, ${manifest.verdict.verdict}` : '';
    // There may be more shards by now than have recorded it.
    const its = all.filter(({ shard }) => shard < first.shards);
    const { message } = asked(`Run ${name}: ${manifest.state}${verdict}.`, its);
    return { message, manifest };
  }

  return {
    status: async () => mergeStatus(await peers.ask(get('/status'), () => ownStatus(control, outputDir))),
    daemons: async (isProbed) =>
      mergeDaemons(
        isProbed
          ? await peers.ask(askDaemons, control.probedDaemons)
          : await peers.ask(get('/daemons'), control.daemons),
      ),
    instances: async () => mergeInstances(await peers.ask(get('/instances'), control.instances)),
    runs: async () => mergeRuns(await peers.ask(get('/runs'), control.runs)),
    ...startAndStop({ control, peers, run }),
    run,
    remove: async (name) => {
      const all = await peers.ask({ method: 'DELETE', path: pathOf(name) }, () => control.remove(name));
      const left = all.filter((each) => 'problem' in each && each.status !== 404);
      const count = `Deleted run ${name} in ${answered(all).length} of ${all.length} shards.`;
      const message = [count, ...problemsOf(left)].join(' ');
      if (answered(all).length === 0 && left.length === 0) throw noRun(name, all);
      const areConflicts = left.every((each) => 'problem' in each && each.status === 409);
      if (left.length > 0) throw new Refusal(areConflicts ? 409 : 503, message);
      return { message };
    },
    holders,
  };
}

function partsOf(all: readonly ShardAnswer<RunAnswer>[]): readonly PartManifest[] {
  return answered(all)
    .map(({ answer }) => answer.manifest)
    .filter(isPart);
}

function noRun(run: string, all: readonly ShardAnswer<unknown>[]): Refusal {
  const others = all.filter((each) => !('problem' in each && each.status === 404));
  return new Refusal(
    404,
    [`There is no run "${run}": GET /runs lists them.`, ...problemsOf(others)].join(' '),
  );
}

function problemsOf(all: readonly ShardAnswer<unknown>[]): readonly string[] {
  return all.flatMap((each) => ('problem' in each ? [told(each)(each.problem)] : []));
}
