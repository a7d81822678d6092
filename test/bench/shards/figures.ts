import type { Figure } from '../report.ts';
import { latestCommit } from '../recorder/loadResult.ts';
import { count, megabytes, milliseconds } from '../recorder/numbers.ts';
import { sampleCost } from './sampleCost.ts';
import type { ShardsResult } from './shardsResult.ts';
import { nameOf } from './tables.ts';

/** @param alone a recorder that shares with nobody, in the same run of the benchmark. */
export function figuresOf(result: ShardsResult, alone: ShardsResult): readonly Figure[] {
  const { load, placed, startSpread, missed, scrapes, committedWorst } = result;
  const name = nameOf(result);
  const latest = latestCommit * load.interval;
  const highest = (of: ShardsResult) => Math.max(...of.shards.map((shard) => shard.highest));
  const cpuPerSample = result.cpuPerTick / result.samplesPerTick;
  return [
    {
      what: `${name}: the interval that this machine bears`,
      measured: bearable(result),
      ratio: `${bearable(alone)} of ${nameOf(alone)}`,
    },
    {
      what: `${name}: in exactly one shard`,
      measured: count(placed),
      goal: count(load.daemons),
      isMet: placed === load.daemons,
    },
    {
      what: `${name}: ticks between the first of one shard and of another`,
      measured: count(startSpread),
      goal: '0',
      isMet: startSpread === 0,
    },
    {
      what: `${name}: scrapes missed of ${count(scrapes)}, the first tick included`,
      measured: count(missed),
      goal: '0',
      isMet: missed === 0,
    },
    {
      what: `${name}: the slowest tick is committed by all after`,
      measured: milliseconds(committedWorst),
      ratio: `${(committedWorst / load.interval).toFixed(2)} x the interval`,
      goal: milliseconds(latest),
      isMet: committedWorst <= latest,
    },
    {
      what: `${name}: CPU per million samples`,
      measured: milliseconds(cpuPerSample * 1e6),
      ratio: `${(cpuPerSample / sampleCost(alone).cpu).toFixed(2)} x ${nameOf(alone)}`,
    },
    {
      what: `${name}: peak memory of a recorder`,
      measured: megabytes(highest(result)),
      ratio: `${(highest(result) / highest(alone)).toFixed(2)} x ${nameOf(alone)}`,
    },
  ];
}

/** Of the intervals that were tried. */
function bearable({ load, problem }: ShardsResult): string {
  return problem === undefined ? `${load.interval} s` : `more than ${load.interval} s`;
}
