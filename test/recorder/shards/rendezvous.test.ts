import { expect, test } from 'vitest';
import { shardOf } from '../../../recorder/shards/rendezvous.ts';

const names = Array.from({ length: 10_000 }, (_, index) => `node-${index}.example`);

// As Python's hashlib has them: a change would move daemons from one claim to another.
test.each([
  ['node-0', 2, 1],
  ['node-1', 2, 0],
  ['node-2', 3, 1],
  ['node-3', 3, 1],
  ['gke-pool-1-a2b3c4d5-xyz9', 3, 1],
  ['ip-10-0-12-34.eu-central-1.compute.internal', 10, 1],
  ['knöten', 7, 1],
  ['', 5, 3],
])('%j of %i shards belongs to shard %i', (name, shards, shard) => {
  expect(shardOf(name, shards)).toBe(shard);
});

test.each([1, 2, 3, 7, 16])('10,000 nodes are spread evenly over %i shards', (shards) => {
  const counts = Array.from({ length: shards }, () => 0);
  for (const name of names) {
    const shard = shardOf(name, shards);
    counts[shard] = (counts[shard] ?? NaN) + 1;
  }
  const mean = names.length / shards;
  // Four standard deviations of a binomial distribution: 2 % of two shards, 16 % of sixteen.
  const bound = 4 * Math.sqrt(mean * (1 - 1 / shards));
  for (const count of counts) expect(Math.abs(count - mean)).toBeLessThanOrEqual(bound);
});

test.each([1, 2, 3, 9])('from %i shards to one more, only what the new one gets is moved', (shards) => {
  const moved = names.filter((name) => shardOf(name, shards) !== shardOf(name, shards + 1));
  expect(new Set(moved.map((name) => shardOf(name, shards + 1)))).toEqual(new Set([shards]));
  const share = 1 / (shards + 1);
  expect(Math.abs(moved.length / names.length - share)).toBeLessThanOrEqual(
    4 * Math.sqrt((share * (1 - share)) / names.length),
  );
});
