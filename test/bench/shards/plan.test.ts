import { describe, expect, test } from 'vitest';
import { shardOf } from '../../../recorder/shards/rendezvous.ts';
import { mostNodes, plan, type SampleCost } from './plan.ts';

/** Numbers that are easily multiplied. */
const cost: SampleCost = { cpu: 1e-6, firstCpu: 9e-6, memory: 400, idleMemory: 1e8, disk: 10, wire: 2 };

describe('what a load needs', () => {
  test('one recorder where a core and its memory are enough', () => {
    expect(plan({ nodes: 100, samples: 3000, interval: 1 }, cost)).toEqual({
      shards: 1,
      cpuShare: 0.3,
      memory: 1e8 + 300_000 * 400,
      firstTick: expect.closeTo(3),
      diskPerHour: 300_000 * 10 * 3600,
      network: 600_000,
    });
  });

  test('as many as it takes for each to be done before 0.8 of the interval', () => {
    // 800 nodes of 1,000 samples are what one recorder bears, and of 801 nodes one of two has at most 429.
    expect(plan({ nodes: 800, samples: 1000, interval: 1 }, cost)).toMatchObject({
      shards: 1,
      cpuShare: expect.closeTo(0.8),
    });
    const { shards, cpuShare } = plan({ nodes: 801, samples: 1000, interval: 1 }, cost);
    expect({ shards, cpuShare: cpuShare.toFixed(3) }).toEqual({ shards: 2, cpuShare: '0.429' });
  });

  test('or for each to have memory enough, however much time there is', () => {
    const load = { nodes: 1000, samples: 15_000 };
    const slow = plan({ ...load, interval: 3600 }, cost);
    // 15 million series of 400 bytes are 6 GB; of three shards the largest may have 364 nodes, of two 532.
    expect(slow).toMatchObject({ shards: 3, memory: 1e8 + 364 * 15_000 * 400 });
    expect(plan({ ...load, interval: 1800 }, cost)).toEqual({
      ...slow,
      cpuShare: slow.cpuShare * 2,
      diskPerHour: slow.diskPerHour * 2,
      network: slow.network * 2,
    });
  });

  test('never more than there are nodes', () => {
    const { shards, cpuShare } = plan({ nodes: 3, samples: 1e7, interval: 1 }, cost);
    expect({ shards, cpuShare }).toEqual({ shards: 3, cpuShare: 30 });
  });
});

test('a hash deals nodes out nearly evenly', () => {
  expect(mostNodes(1, 1)).toBe(1);
  expect(mostNodes(3000, 1)).toBe(3000);
  expect(mostNodes(3000, 3)).toBe(1052);
  const sizes = [0, 0, 0];
  for (let node = 0; node < 3000; node++) {
    const shard = shardOf(`n${node}`, 3);
    sizes[shard] = (sizes[shard] ?? 0) + 1;
  }
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1052);
  expect(Math.max(...sizes)).toBeGreaterThan(1000);
});
