import { hostname } from 'node:os';
import { inPod, podNamespace } from '../../exporter/serve/kubernetes/serviceAccount.ts';
import { SettingError } from '../../exporter/serve/settings.ts';
import type { Shard } from './shard.ts';

/** Reads PEERS: `http://10.0.0.1:9880,http://10.0.0.2:9880`. @throws RangeError saying what is allowed. */
export function parsePeers(text: string): readonly string[] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  return entries.map((entry) => {
    const url = URL.canParse(entry) ? new URL(entry) : undefined;
    const isUsable = url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/';
    if (isUsable && url.username === '' && url.password === '' && url.search === '') return url.origin;
    throw new RangeError(`http://host:port, separated by commas, which "${entry}" is not`);
  });
}

/**
 * The URLs of all shards, by their number: those of PEERS; in a pod the names that the headless Service of its
 * StatefulSet gives to the pods, which is called as that is. None: this shard answers for itself only.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
 * @throws SettingError where PEERS are not as many as the shards.
 */
export async function peerUrls(
  { peers, port, tlsCertFile }: PeerSettings,
  { shards }: Shard,
): Promise<readonly string[]> {
  if (peers.length === 0) {
    const namespace = inPod() ? await podNamespace().catch(() => undefined) : undefined;
    const scheme = tlsCertFile === undefined ? 'http' : 'https';
    return namespace === undefined ? [] : podUrls(hostname(), { scheme, namespace, port, shards });
  }
  if (peers.length === shards) return peers;
  throw new SettingError(
    `PEERS (--peers) names ${peers.length} recorders, but SHARDS is ${shards}: name all of them in the order of their SHARD, this one too.`,
  );
}

export interface PeerSettings {
  readonly peers: readonly string[];
  readonly port: number;
  readonly tlsCertFile: string | undefined;
}

/** @param pod kubemon-recorder-0 */
export function podUrls(
  pod: string,
  names: {
    readonly scheme: string;
    readonly namespace: string;
    readonly port: number;
    readonly shards: number;
  },
): readonly string[] {
  const [, set] = /^(.+)-\d+$/.exec(pod) ?? [];
  if (set === undefined) return [];
  const { scheme, namespace, port, shards } = names;
  return Array.from(
    { length: shards },
    (_, shard) => `${scheme}://${set}-${shard}.${set}.${namespace}.svc:${port}`,
  );
}
