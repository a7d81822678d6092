import { readFileSync } from 'node:fs';
import type { BenchOptions, Part, PartReport } from '../report.ts';
import type { Place } from '../recorder/measureRun.ts';
import { recordExposition } from '../recorder/recordExposition.ts';
import { withCleanup } from '../withCleanup.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { figuresOf } from './figures.ts';
import { samplesOf } from './nodeSamples.ts';
import { notesOf } from './notes.ts';
import { planTable } from './planTable.ts';
import { recordShards, type ShardsLoad } from './recordShards.ts';
import { sampleCost } from './sampleCost.ts';
import { type ShardsResult, shardsResult } from './shardsResult.ts';
import { runsTable, shardTables } from './tables.ts';

/** Several recorders in one run, and how many of them a cluster needs. */
export const shards: Part = {
  name: 'shards',
  needs: ['root', 'ip', 'kubernetes'],
  isOptional: true,
  run,
};

/** A load, and the intervals at which it is tried until it holds. */
interface Trial extends Pick<ShardsLoad, 'daemons' | 'shards' | 'samples' | 'ticks'> {
  readonly intervals: readonly number[];
}

/** The first says what a sample costs a recorder, the last what several are worth together. */
const whole: readonly Trial[] = [
  { daemons: 1000, shards: 1, samples: 2000, ticks: 5, intervals: [5, 10, 20, 60] },
  { daemons: 10_000, shards: 4, samples: 300, ticks: 5, intervals: [20, 30, 60] },
  { daemons: 3000, shards: 3, samples: 2000, ticks: 5, intervals: [15, 20, 30, 60] },
];
const quick: readonly Trial[] = [{ daemons: 30, shards: 3, samples: 500, ticks: 3, intervals: [1] }];

async function run(options: BenchOptions): Promise<PartReport> {
  const place = { scratch: options.scratch, recorded: await recordExposition(options.scratch) };
  const tried = await withCleanup(async (putOff) => {
    const cluster = await openCluster(options.scratch, putOff);
    const results: (readonly ShardsResult[])[] = [];
    for (const trial of options.quick ? quick : whole) {
      results.push(await tryIntervals(trial, options, place, cluster));
    }
    return results;
  });
  const longest = tried.flatMap((results) => results.at(-1) ?? []);
  const [alone] = longest;
  const together = longest.at(-1);
  if (alone === undefined || together === undefined) throw new Error('There is no load to try.');
  const held = longest.filter(({ problem }) => problem === undefined);
  const cost = sampleCost(alone);
  const each = samplesOf(readFileSync(place.recorded, 'utf8'));
  return {
    title: 'Shards',
    figures: figuresOf(together, alone),
    tables: [runsTable(tried.flat()), ...shardTables(together), planTable(held, each, cost)],
    plots: [],
    notes: notesOf(together, cost, each),
  };
}

async function tryIntervals(
  { intervals: all, ...load }: Trial,
  { say }: BenchOptions,
  place: Place,
  cluster: Cluster,
): Promise<readonly ShardsResult[]> {
  const results: ShardsResult[] = [];
  for (const interval of all) {
    say(`${load.daemons} daemons x ${load.samples} samples in ${load.shards} shards every ${interval} s`);
    const recorded = await recordShards({ ...load, interval, compressed: true, churn: 0 }, place, cluster);
    const result = shardsResult(recorded);
    results.push(result);
    if (result.problem === undefined) break;
    say(`it does not hold: ${result.problem}`);
  }
  return results;
}
