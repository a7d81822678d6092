import { hostname } from 'node:os';
import { SettingError } from '../../exporter/serve/settings.ts';

/** One of several recorders that record a run together, each of them its own daemons. */
export interface Shard {
  /** From 0. */
  readonly shard: number;
  /** How many there are. */
  readonly shards: number;
}

/** Of a recorder that is the only one. */
export const onlyShard: Shard = { shard: 0, shards: 1 };

/**
 * Which one this recorder is; undefined: the only one.
 * @param host a pod of a StatefulSet is called NAME-K. @throws SettingError where that cannot be.
 */
export function ownShard(
  { shard: given, shards }: { readonly shard: number | undefined; readonly shards: number },
  host = hostname(),
): Shard | undefined {
  const [, ordinal] = /-(\d+)(?:\.|$)/.exec(host) ?? [];
  const shard = given ?? (shards === 1 ? 0 : ordinal === undefined ? undefined : Number(ordinal));
  if (shard === undefined) {
    throw new SettingError(
      `SHARDS (--shards) is "${shards}", and the host name ${host} does not end in a number: say with SHARD (--shard) which of them this recorder is, from 0 to ${shards - 1}.`,
    );
  }
  if (shard >= shards) {
    const source = given === undefined ? `The host name is ${host}` : `SHARD (--shard) is "${shard}"`;
    throw new SettingError(
      `${source}, but of SHARDS=${shards} recorders the last is number ${shards - 1}: let SHARDS be as many as there are recorders.`,
    );
  }
  return shards === 1 ? undefined : { shard, shards };
}
