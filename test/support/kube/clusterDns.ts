import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll } from 'vitest';
import { type FollowedObject, followObjects } from '../../../exporter/serve/kubernetes/follow.ts';
import { kubeConfigApi } from '../../../exporter/serve/kubernetes/kubeConfig.ts';
import { recordedLog } from '../../exporter/source/recordedLog.ts';
import { hasClusterDns } from '../needs.ts';
import { readQuestion, typeA, writeAnswer } from './dnsMessage.ts';
import { hostAddress } from './hostAddress.ts';

/** A slice of endpoints, as the API sends it. */
interface Slice extends FollowedObject {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  /** null: there are none. */
  readonly endpoints:
    | readonly {
        readonly addresses: readonly string[];
        readonly conditions?: { readonly ready?: boolean };
        readonly hostname?: string;
      }[]
    | null;
}

/** What a kustomization says so that pods resolve the names of their Services. */
export interface ClusterDns {
  readonly patches: readonly object[];
}

const domain = 'cluster.local';

/**
 * Names for the pods of a StatefulSet, for the tests of a `describe`: where the cluster has no DNS of its own,
 * there is a server at port 53 of this machine, which knows of the headless Services of a namespace what the
 * cluster's would.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export function clusterDns(namespace: string, statefulSet: string): ClusterDns {
  if (hasClusterDns()) return { patches: [] };
  const address = hostAddress();
  let close: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    close = await serveNames(namespace, address);
  });
  afterAll(async () => {
    await close?.();
  });
  const searches = [`${namespace}.svc.${domain}`, `svc.${domain}`, domain];
  const dnsConfig = { nameservers: [address], searches, options: [{ name: 'ndots', value: '5' }] };
  const patch = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: statefulSet, namespace },
    spec: { template: { spec: { dnsPolicy: 'None', dnsConfig } } },
  };
  return { patches: [{ patch: JSON.stringify(patch) }] };
}

/** Returns what ends it. */
async function serveNames(namespace: string, address: string): Promise<() => Promise<void>> {
  const slices = new Map<string, Slice>();
  const following = followObjects<Slice>({
    api: await kubeConfigApi(),
    path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    query: {},
    what: `the endpoints of ${namespace}`,
    onList: (all) => {
      slices.clear();
      for (const slice of all) slices.set(slice.metadata.name, slice);
    },
    onChange: (change, slice) => {
      if (change === 'DELETED') slices.delete(slice.metadata.name);
      else slices.set(slice.metadata.name, slice);
    },
    log: recordedLog().log,
  });
  const socket = createSocket('udp4', (query, { address: asker, port }) => {
    const question = questionOf(query);
    if (question === undefined) return;
    const found = [...slices.values()].flatMap((slice) => addressesOf(slice, namespace, question.name));
    const addresses = question.type === typeA ? found : [];
    socket.send(writeAnswer(query, question, found.length === 0 ? undefined : addresses), port, asker);
  });
  // Who asked has gone.
  socket.on('error', () => {});
  socket.bind(53, address);
  await once(socket, 'listening');
  return async () => {
    following.close();
    socket.close();
    await once(socket, 'close');
  };
}

/** Undefined: it is none. */
function questionOf(query: Buffer): ReturnType<typeof readQuestion> | undefined {
  try {
    return readQuestion(query);
  } catch {
    return undefined;
  }
}

/** Of the endpoints of a slice those that go by that name: that of the headless Service, or their own in it. */
function addressesOf(
  { metadata: { labels = {} }, endpoints }: Slice,
  namespace: string,
  name: string,
): readonly string[] {
  if (labels['service.kubernetes.io/headless'] === undefined) return [];
  const service = `${labels['kubernetes.io/service-name']}.${namespace}.svc.${domain}`;
  return (endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready ?? true)
    .filter(({ hostname = '' }) => name === service || name === `${hostname}.${service}`)
    .flatMap(({ addresses }) => addresses);
}
