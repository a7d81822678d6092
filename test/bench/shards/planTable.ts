import type { Table } from '../report.ts';
import { count, percent } from '../recorder/numbers.ts';
import type { SamplesOf } from './nodeSamples.ts';
import { type Plan, plan, type SampleCost } from './plan.ts';
import type { ShardsResult } from './shardsResult.ts';

/** What a node runs. */
interface NodeSize {
  readonly processes: number;
  readonly containers: number;
}

const sizes: readonly NodeSize[] = [
  { processes: 100, containers: 30 },
  { processes: 500, containers: 60 },
];
const nodes = [100, 1000, 3000, 10_000];
const intervals = [1, 5, 15];

/** How many recorders a cluster needs, and what they need: what was simulated, then what follows from it. */
export function planTable(simulated: readonly ShardsResult[], each: SamplesOf, cost: SampleCost): Table {
  return {
    title: 'Numbers to plan by',
    columns: [
      'nodes',
      'processes (containers) a node',
      'samples a node',
      'interval',
      'SHARDS',
      'CPU of each',
      'memory of each',
      'its first tick',
      'disk an hour',
      'network',
      'known by',
    ],
    rows: [
      ...simulated.map(simulatedRow),
      ...nodes.flatMap((some) =>
        sizes.flatMap((size) =>
          intervals.map((interval) => {
            const samples = nodeSamples(size, each);
            return plannedRow({ nodes: some, samples, interval, size }, cost);
          }),
        ),
      ),
    ],
  };
}

function nodeSamples({ processes, containers }: NodeSize, each: SamplesOf): number {
  return each.node + containers * each.container + processes * each.process;
}

interface Row {
  readonly nodes: number;
  readonly samples: number;
  readonly interval: number;
  /** Absent: they were made up. */
  readonly size?: NodeSize;
}

function plannedRow(row: Row, cost: SampleCost): readonly string[] {
  return cells(row, plan(row, cost), 'arithmetic');
}

/** As it was measured, of the recorder that needed most. */
function simulatedRow(result: ShardsResult): readonly string[] {
  const { load, shards, samplesPerTick } = result;
  const most = (of: (shard: ShardsResult['shards'][number]) => number) => Math.max(...shards.map(of));
  const perSecond = samplesPerTick / load.interval;
  const bytes = shards.reduce((sum, shard) => sum + shard.bytesPerSample * shard.samplesPerTick, 0);
  return cells(
    { nodes: load.daemons, samples: samplesPerTick / load.daemons, interval: load.interval },
    {
      shards: load.shards,
      cpuShare: most(({ cpuShare }) => cpuShare),
      memory: most(({ highest }) => highest),
      firstTick: most(({ firstSight, cpuPerTick }) => firstSight + cpuPerTick),
      diskPerHour: (bytes / load.interval) * 3600,
      network: perSecond * result.bytesOnWirePerSample,
    },
    'simulated',
  );
}

function cells(
  { nodes: some, samples, interval, size }: Row,
  planned: Plan,
  knownBy: string,
): readonly string[] {
  return [
    count(some),
    size === undefined ? '' : `${size.processes} (${size.containers})`,
    count(samples),
    `${interval} s`,
    count(planned.shards),
    `${percent(planned.cpuShare, 0)} of a core`,
    `${significant(planned.memory / 1e9)} GB`,
    `${significant(planned.firstTick)} s`,
    `${significant(planned.diskPerHour / 1e9)} GB`,
    `${significant(planned.network / 1e6)} MB/s`,
    knownBy,
  ];
}

/** Two digits say all that is known. */
function significant(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 6 });
}
