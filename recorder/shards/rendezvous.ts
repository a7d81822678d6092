import { createHash } from 'node:crypto';

/**
 * Which of `shards` recorders a name belongs to: rendezvous (highest random weight) hashing, Thaler and
 * Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM Transactions on Networking 6 (1),
 * 1998. The weight of a name on shard K is SHA-256 of `K/NAME` in UTF-8; the greatest digest wins. Nobody has to
 * be asked, and of N + 1 shards the new one takes 1 / (N + 1) of the names, evenly from all others.
 *
 * In Python: max(range(shards), key=lambda k: hashlib.sha256(f"{k}/{name}".encode()).digest())
 */
export function shardOf(name: string, shards: number): number {
  let winner = 0;
  let greatest = '';
  for (let shard = 0; shard < shards; shard++) {
    const weight = createHash('sha256').update(`${shard}/${name}`).digest('hex');
    if (weight <= greatest) continue;
    greatest = weight;
    winner = shard;
  }
  return winner;
}
