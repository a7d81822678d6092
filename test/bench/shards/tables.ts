import type { Table } from '../report.ts';
import { loadTable } from '../recorder/loadTable.ts';
import { count, megabytes, milliseconds } from '../recorder/numbers.ts';
import type { ShardsResult } from './shardsResult.ts';

/** 3,000 daemons in 3 shards */
export function nameOf({ load }: ShardsResult): string {
  const shards = load.shards === 1 ? 'one recorder' : `${load.shards} shards`;
  return `${count(load.daemons)} daemons in ${shards}`;
}

/** All runs, those that did not hold included. */
export function runsTable(results: readonly ShardsResult[]): Table {
  return {
    title: 'One run of several recorders',
    columns: [
      '',
      'samples each',
      'interval',
      'samples a tick',
      'in exactly one shard',
      'start spread',
      'end spread',
      'missed',
      'slowest commit',
      'CPU a tick, all recorders',
      'the daemons',
      'verdict',
      'holds',
    ],
    rows: results.map((result) => [
      nameOf(result),
      count(result.samplesPerTick / result.load.daemons),
      `${result.load.interval} s`,
      count(result.samplesPerTick),
      count(result.placed),
      `${result.startSpread} ticks`,
      `${result.endSpread} ticks`,
      `${count(result.missed)} of ${count(result.scrapes)}`,
      milliseconds(result.committedWorst),
      milliseconds(result.cpuPerTick),
      milliseconds(result.daemonCpuPerTick),
      result.verdict.verdict,
      result.problem === undefined ? 'yes' : `no: ${result.problem}`,
    ]),
  };
}

/** What each recorder of a run did. */
export function shardTables(result: ShardsResult): readonly Table[] {
  const { shards, load } = result;
  const title = `${nameOf(result)}, every ${load.interval} s`;
  return [
    {
      title,
      columns: ['shard', 'daemons', 'first tick', 'last tick', 'ticks planned', 'dropped', 'recorded'],
      rows: shards.map((shard, index) => [
        String(index),
        count(shard.daemons),
        new Date(shard.firstTick * 1000).toISOString(),
        new Date(shard.lastTick * 1000).toISOString(),
        count(shard.planned),
        count(shard.dropped),
        megabytes(shard.bytes),
      ]),
    },
    loadTable(
      `The same, tick by tick`,
      'shard',
      shards.map((shard, index) => ({ ...shard, name: String(index) })),
    ),
  ];
}
