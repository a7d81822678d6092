import type {
  DaemonsAnswer,
  InstancesAnswer,
  MessageAnswer,
  RunAnswer,
  RunsAnswer,
  StatusAnswer,
} from '../api.ts';
import type { Control } from '../control.ts';
import { Refusal } from '../refusal.ts';
import { mergeManifests } from './mergeManifests.ts';
import { mergeDaemons, mergeInstances, mergeRuns, mergeStatus } from './mergedAnswers.ts';
import { isPart } from './partManifest.ts';
import type { Peers } from './peers.ts';
import { answered, asked, type ShardAnswer } from './shardAnswer.ts';

/** What all shards answer together; any of them can be asked. */
export interface Together {
  status(): Promise<StatusAnswer>;
  daemons(): Promise<DaemonsAnswer>;
  instances(): Promise<InstancesAnswer>;
  runs(): Promise<RunsAnswer>;
  /** @throws Refusal where none has it. */
  run(name: string): Promise<RunAnswer>;
  /** Deletes the parts of all shards. @throws Refusal where one does not. */
  remove(name: string): Promise<MessageAnswer>;
  /** Who has a part of a run. */
  holders(name: string): Promise<readonly ShardAnswer<RunAnswer>[]>;
}

function get(path: string) {
  return { method: 'GET', path } as const;
}

function pathOf(run: string): string {
  return `/runs/${encodeURIComponent(run)}`;
}

export function createTogether(control: Control, peers: Peers): Together {
  function holders(run: string): Promise<readonly ShardAnswer<RunAnswer>[]> {
    return peers.ask(get(pathOf(run)), () => control.run(run));
  }

  return {
    status: async () => mergeStatus(await peers.ask(get('/status'), control.status)),
    daemons: async () => mergeDaemons(await peers.ask(get('/daemons'), control.daemons)),
    instances: async () => mergeInstances(await peers.ask(get('/instances'), control.instances)),
    runs: async () => mergeRuns(await peers.ask(get('/runs'), control.runs)),
    run: async (run) => {
      const all = await holders(run);
      const found = answered(all).map(({ answer }) => answer);
      const [first, ...others] = found.map(({ manifest }) => manifest).filter(isPart);
      const [whole] = found;
      if (whole === undefined) throw noRun(run, all);
      if (first === undefined) return whole;
      const manifest = mergeManifests([first, ...others]);
      const verdict = manifest.state === 'stopped' ? `, ${manifest.verdict.verdict}` : '';
      const { message } = asked(`Run ${run}: ${manifest.state}${verdict}.`, all);
      return { message, manifest };
    },
    remove: async (run) => {
      const all = await peers.ask({ method: 'DELETE', path: pathOf(run) }, () => control.remove(run));
      const left = all.filter((each) => 'problem' in each && !isUnknown(each.problem));
      const { message } = asked(
        `Deleted run ${run} in ${answered(all).length} of ${all.length} shards.`,
        left,
      );
      if (answered(all).length === 0 && left.length === 0) throw noRun(run, all);
      if (left.length > 0) throw new Refusal(503, message);
      return { message };
    },
    holders,
  };
}

function isUnknown(problem: string): boolean {
  return problem.startsWith('There is no run ');
}

function noRun(run: string, all: readonly ShardAnswer<unknown>[]): Refusal {
  const problems = all.flatMap((each) =>
    'problem' in each && !isUnknown(each.problem) ? [`Shard ${each.shard}: ${each.problem}`] : [],
  );
  return new Refusal(404, [`There is no run "${run}": GET /runs lists them.`, ...problems].join(' '));
}
