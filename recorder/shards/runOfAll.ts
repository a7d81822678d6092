import type { RunAnswer } from '../api.ts';
import { Refusal } from '../refusal.ts';
import { mergeManifests } from './mergeManifests.ts';
import { isPart, type PartManifest, told } from './partManifest.ts';
import { answered, asked, type ShardAnswer } from './shardAnswer.ts';

/** What those who have a part of a run tell of it together. @throws Refusal where none has it. */
export function runOfAll(name: string, all: readonly ShardAnswer<RunAnswer>[]): RunAnswer {
  const [first, ...others] = partsOf(all);
  const [whole] = answered(all);
  if (whole === undefined) throw noRun(name, all);
  if (first === undefined) return whole.answer;
  const manifest = mergeManifests([first, ...others]);
  const verdict = manifest.state === 'stopped' ? `, ${manifest.verdict.verdict}` : '';
  const { message } = asked(`Run ${name}: ${manifest.state}${verdict}.`, recordersOf(all));
  return { message, manifest };
}

/** Those who were to record it: there may be more shards by now. */
export function recordersOf(all: readonly ShardAnswer<RunAnswer>[]): readonly ShardAnswer<RunAnswer>[] {
  const [first] = partsOf(all);
  return first === undefined ? all : all.filter(({ shard }) => shard < first.shards);
}

export function partsOf(all: readonly ShardAnswer<RunAnswer>[]): readonly PartManifest[] {
  return answered(all)
    .map(({ answer }) => answer.manifest)
    .filter(isPart);
}

export function noRun(run: string, all: readonly ShardAnswer<unknown>[]): Refusal {
  const others = all.filter((each) => !('problem' in each && each.status === 404));
  return new Refusal(
    404,
    [`There is no run "${run}": GET /runs lists them.`, ...problemsOf(others)].join(' '),
  );
}

export function problemsOf(all: readonly ShardAnswer<unknown>[]): readonly string[] {
  return all.flatMap((each) => ('problem' in each ? [told(each)(each.problem)] : []));
}
