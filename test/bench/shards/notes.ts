import { daemonNetwork } from '../recorder/daemonAddress.ts';
import { megabytes } from '../recorder/numbers.ts';
import type { SamplesOf } from './nodeSamples.ts';
import { bounds, type SampleCost } from './plan.ts';
import type { ShardsResult } from './shardsResult.ts';
import { nameOf } from './tables.ts';

export function notesOf(result: ShardsResult, cost: SampleCost, each: SamplesOf): readonly string[] {
  return [
    `The daemons are simulated by one process, with an address each in ${daemonNetwork}, and stand in EndpointSlices of a real Kubernetes; the recorders are processes of this machine with the rights of \`k8s/\`, which find them there. \`kubectl apply\` of a Recording starts the run, \`spec.stop\` ends it. Each load is tried at longer and longer intervals until nothing is missed and every tick is committed before 0.8 of the interval by all: the interval tells of this machine, whose cores are shared by the recorders, the daemons (their CPU stands beside that of the recorders) and the cluster. CPU and memory of a recorder are what machines of their own would need. The first tick, on which every series is new, counts among the missed scrapes, but not in CPU and commits.`,
    ...verdictNote(result),
    `Numbers to plan by: lines known by simulation were measured above, of the recorder that needed most. The others are arithmetic with what a sample costs one recorder here: ${microseconds(cost.cpu)} of CPU and ${microseconds(cost.firstCpu)} more where its series is new; ${bytes(cost.memory)} of memory above the ${megabytes(cost.idleMemory)} that it takes at its start; ${bytes(cost.disk)} of CSV; ${bytes(cost.wire)} of a compressed answer. A node has ${each.node} samples, and ${each.container} for a container and ${each.process} for a process, as the real exporter shows of \`test/fixtures/machine-v2\` (medians). What it costs to ask a daemon at all is in the cost of its samples, which is therefore higher where daemons have few. SHARDS is the least with which no recorder needs more than ${bounds.cpuShare} of a core, so that a tick is committed before 0.8 of the interval, nor more than ${megabytes(bounds.memory)}: V8 has at most 4 GB for objects. Nodes are dealt out by a hash, and the largest shard is reckoned with two standard deviations above the mean. Where its first tick takes longer than 0.8 of the interval, that tick misses scrapes, and the verdict says so.`,
  ];
}

function verdictNote(result: ShardsResult): readonly string[] {
  const { verdict, reasons } = result.verdict;
  const [first] = reasons;
  if (first === undefined) return [];
  return [
    `${nameOf(result)}: the verdict is ${verdict}, with ${reasons.length} reasons. The first: ${first}`,
  ];
}

function microseconds(seconds: number): string {
  return `${(seconds * 1e6).toFixed(2)} us`;
}

function bytes(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} bytes`;
}
