import type { SampleCost } from './plan.ts';
import type { ShardsResult } from './shardsResult.ts';

/** What a sample costs, by a run of one recorder or, of several, by the first. */
export function sampleCost({ shards: [shard], bytesOnWirePerSample }: ShardsResult): SampleCost {
  if (shard === undefined) throw new Error('A run without a recorder tells no cost.');
  const { samplesPerTick, residentAtStart } = shard;
  return {
    cpu: shard.cpuPerTick / samplesPerTick,
    firstCpu: shard.firstSight / samplesPerTick,
    memory: (shard.highest - residentAtStart) / samplesPerTick,
    idleMemory: residentAtStart,
    disk: shard.bytesPerSample,
    wire: bytesOnWirePerSample,
  };
}
