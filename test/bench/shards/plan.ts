import { latestCommit } from '../recorder/loadResult.ts';

/** What a sample costs a recorder. */
export interface SampleCost {
  /** CPU seconds, and those more where its series is new. */
  readonly cpu: number;
  readonly firstCpu: number;
  /** Bytes of resident memory that its series keeps, and those of a recorder that has just started. */
  readonly memory: number;
  readonly idleMemory: number;
  /** Bytes of CSV. */
  readonly disk: number;
  /** Bytes of a compressed answer. */
  readonly wire: number;
}

export interface PlannedLoad {
  readonly nodes: number;
  /** Of each node. */
  readonly samples: number;
  /** Seconds between ticks. */
  readonly interval: number;
}

/** What a load needs. */
export interface Plan {
  /** Recorders. */
  readonly shards: number;
  /** Of the recorder with most of the nodes: share of a core, bytes, and seconds that its first tick takes. */
  readonly cpuShare: number;
  readonly memory: number;
  readonly firstTick: number;
  /** Of all: bytes an hour, and bytes a second. */
  readonly diskPerHour: number;
  readonly network: number;
}

/**
 * No recorder is to need more than this. One of them works on one core, and has to be done with a tick before
 * 0.8 of the interval, as in the rest of the benchmark; V8 takes at most 4 GB for objects, which are half of what it
 * needs, and its garbage is to have room.
 */
export const bounds = { cpuShare: latestCommit, memory: 3e9 };

/** The least number of recorders with which none needs more than it may. */
export function plan(load: PlannedLoad, cost: SampleCost): Plan {
  for (let shards = 1; ; shards++) {
    const planned = withShards(load, cost, shards);
    const holds = planned.cpuShare <= bounds.cpuShare && planned.memory <= bounds.memory;
    // More recorders than nodes have nothing to do.
    if (holds || shards === load.nodes) return planned;
  }
}

function withShards({ nodes, samples, interval }: PlannedLoad, cost: SampleCost, shards: number): Plan {
  const most = mostNodes(nodes, shards) * samples;
  const perSecond = (nodes * samples) / interval;
  return {
    shards,
    cpuShare: (most * cost.cpu) / interval,
    memory: cost.idleMemory + most * cost.memory,
    firstTick: most * (cost.cpu + cost.firstCpu),
    diskPerHour: perSecond * cost.disk * 3600,
    network: perSecond * cost.wire,
  };
}

/** Nodes are dealt out by a hash, so that shards differ: two standard deviations more than the mean. */
export function mostNodes(nodes: number, shards: number): number {
  const mean = nodes / shards;
  return Math.min(nodes, Math.ceil(mean + 2 * Math.sqrt(mean * (1 - 1 / shards))));
}
