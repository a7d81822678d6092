import type { Discovery } from '../discovery/discovery.ts';
import type { Target } from '../scrape/target.ts';
import { shardOf } from './rendezvous.ts';
import type { Shard } from './shard.ts';

/**
 * Of what there is the part that is this shard's: targets by their node, so that all of a node are in one
 * shard; by their name where it is not known. Daemons that are expected, but not there, have no node yet: each
 * of them counts in one shard all the same, so that what all shards expect is what one recorder would.
 * @param order see createTargetOrder.
 */
export function shardDiscovery(
  all: Discovery,
  { shard, shards }: Shard,
  order: (target: Target) => string,
): Discovery {
  const known = new Map<string, number>();

  function isOwn(key: string): boolean {
    const found = known.get(key) ?? shardOf(key, shards);
    known.set(key, found);
    return found === shard;
  }

  function own(targets: readonly Target[]): readonly Target[] {
    return targets.filter(({ node, name }) => isOwn(node === '' ? name : node));
  }

  /** Of so many daemons in all shards. */
  function share(count: number): number {
    const daemons = all.targets().filter(({ role }) => role === 'daemon');
    const found = own(daemons).length;
    // Which of them are not needed nobody can say.
    if (count < daemons.length) return Math.floor((count * found) / daemons.length);
    const absent = Array.from({ length: count - daemons.length }, (_, index) => `/absent/${index}`);
    return found + absent.filter((key) => isOwn(key)).length;
  }

  return {
    ...all,
    targets: () => own(all.targets()).map((target) => ({ ...target, order: order(target) })),
    expected: () => {
      const { count, reason } = all.expected();
      return { count: share(count), reason: `shard ${shard} of ${shards}, of ${count} in all: ${reason}` };
    },
    share,
  };
}
