import { expect, test } from 'vitest';
import type { Discovery } from '../../../recorder/discovery/discovery.ts';
import type { Target } from '../../../recorder/scrape/target.ts';
import { shardOf } from '../../../recorder/shards/rendezvous.ts';
import { shardDiscovery } from '../../../recorder/shards/shardDiscovery.ts';
import { createTargetOrder } from '../../../recorder/shards/targetOrder.ts';
import { handDiscovery } from '../discovery/handDiscovery.ts';

function daemon(node: string, pod = `kubemon-exporter-${node}`): Target {
  return { name: node, node, url: 'http://10.0.0.1:9822/metrics', role: 'daemon', pod: `kubemon/${pod}` };
}

function shardsOf(all: Discovery, shards: number): readonly Discovery[] {
  const order = createTargetOrder([], []);
  return Array.from({ length: shards }, (_, shard) => shardDiscovery(all, { shard, shards }, order));
}

const daemons = Array.from({ length: 30 }, (_, index) => daemon(`node-${index}`));

test('every target is in one shard, and that is the shard of its node', () => {
  const shards = shardsOf(handDiscovery(daemons), 3);
  const found = shards.flatMap((each) => each.targets().map(({ name }) => name));
  expect(found.toSorted()).toEqual(daemons.map(({ name }) => name).toSorted());
  for (const [shard, each] of shards.entries()) {
    for (const { node } of each.targets()) expect(shardOf(node, 3)).toBe(shard);
  }
});

test('what runs on a node goes with its daemon, what has none by its name', () => {
  const url = 'http://10.0.0.2:8080/metrics';
  const app = { name: 'app/on-node-4', node: 'node-4', url, role: 'further' } as const;
  const outside = { name: 'app/outside', node: '', url, role: 'further' } as const;
  const shards = shardsOf(handDiscovery([...daemons, app, outside]), 3);
  const of = (name: string) =>
    shards.findIndex((each) => each.targets().some((target) => target.name === name));
  expect(of('app/on-node-4')).toBe(of('node-4'));
  expect(of('app/outside')).toBe(shardOf('app/outside', 3));
});

test.each([
  ['as many as there are', 30],
  ['five whose pod never started', 35],
])('what the shards expect adds up: %s', (_, count) => {
  const all = { ...handDiscovery(daemons), expected: () => ({ count, reason: 'it wants so many' }) };
  const shards = shardsOf(all, 3);
  const expected = shards.map((each) => each.expected());
  expect(expected.reduce((sum, each) => sum + each.count, 0)).toBe(count);
  for (const [shard, each] of shards.entries()) {
    expect(expected[shard]?.count).toBeGreaterThanOrEqual(each.targets().length);
  }
  expect(expected[1]?.reason).toBe(`shard 1 of 3, of ${count} in all: it wants so many`);
});

test('an endpoint of another shard is not expected in this one', () => {
  const shards = shardsOf(handDiscovery(daemons), 3);
  for (const each of shards) expect(each.expected().count).toBe(each.targets().length);
});

test.each([0, 1, 20, 29])('no more are required of the shards than the %i that NUM_DAEMONS says', (count) => {
  const shares = shardsOf(handDiscovery(daemons), 3).map((each) => each.share?.(count) ?? NaN);
  const sum = shares.reduce((total, share) => total + share, 0);
  expect(sum).toBeLessThanOrEqual(count);
  expect(sum).toBeGreaterThan(count - 3);
});

test('targets sorted by their order stand as one recorder has them', () => {
  const url = 'http://10.0.0.9:80/metrics';
  const named = [
    { name: 'z', node: 'z', url, role: 'daemon' },
    { name: 'a', node: 'a', url, role: 'daemon' },
  ] as const;
  const targets: readonly Target[] = [
    ...named,
    { name: '10.0.0.3', node: '10.0.0.3', url: 'http://10.0.0.3:9822/metrics', role: 'daemon' },
    daemon('node-9', 'kubemon-exporter-a'),
    daemon('node-1', 'kubemon-exporter-b'),
    { name: 'web/pod-2', node: 'node-1', url, role: 'further', pod: 'kubemon/pod-2' },
    { name: 'other/app/pod-1', node: 'node-1', url, role: 'further', pod: 'other/pod-1' },
    { name: 'other/app/pod-2', node: 'node-9', url, role: 'further', pod: 'other/pod-2' },
  ];
  const service = (text: string) => {
    const [name = '', namespace] = text.split('/').toReversed();
    return { namespace, service: name, port: undefined, path: '/metrics' };
  };
  const order = createTargetOrder(named, [service('web'), service('other/app')]);
  const sorted = targets.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
  expect(sorted.map(({ name }) => name)).toEqual(targets.map(({ name }) => name));
});
