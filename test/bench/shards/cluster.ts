import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { writeKubeConfig } from '../../support/kube/credentials.ts';
import { endpointSlices, headlessService } from '../../support/kube/endpoints.ts';
import { createNamespace, kubectl } from '../../support/kube/kubectl.ts';
import { createRecorderAccount, installRecordings, recording } from '../../support/kube/recordings.ts';
import { daemonAddress, daemonNetwork } from '../recorder/daemonAddress.ts';
import { daemonName, type Fleet } from '../recorder/fleet.ts';

/** A namespace in which recorders find simulated daemons, and share runs. */
export interface Cluster {
  /** Of a recorder that runs here, with the rights that k8s/ gives it. */
  readonly settings: Readonly<Record<string, string>>;
  /** What such a recorder logs when it follows Recordings. */
  readonly ready: string;
  /** Makes a service of the daemons. */
  serve(service: string, fleet: Fleet): Promise<void>;
  /** Applies a Recording; resolves when it records. */
  start(run: string, interval: number): Promise<void>;
  stop(run: string): Promise<void>;
}

/** Of an EndpointSlice. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#distribution-of-endpointslices */
const maxEndpoints = 1000;

/**
 * Makes a namespace in the cluster of KUBECONFIG, the kind Recording where it is not there, and this machine the
 * host of all daemons.
 * @param putOff takes what is to be undone.
 */
export async function openCluster(
  scratch: string,
  putOff: (step: () => void | Promise<void>) => void,
): Promise<Cluster> {
  route('replace');
  putOff(() => route('delete'));
  const namespace = await createNamespace('bench');
  putOff(namespace.remove);
  const token = await createRecorderAccount(namespace);
  const kind = await kubectl('get', 'crd', 'recordings.kubemon.io', '--ignore-not-found', '--output=name');
  const removeKind = await installRecordings(namespace);
  // With it go all Recordings of the cluster.
  if (kind === '') putOff(removeKind);
  const kubeConfig = join(scratch, 'kubeconfig');
  await writeKubeConfig(kubeConfig, { user: { token }, namespace: namespace.name });
  return {
    settings: { FROM_K8S: 'true', KUBECONFIG: kubeConfig },
    ready: `(the Lease ${namespace.name}/kubemon-recording)`,
    serve: (service, { ports }) => {
      const endpoints = ports.map((_, daemon) => ({
        address: daemonAddress(daemon),
        node: daemonName(daemon),
      }));
      const [port = Number.NaN] = ports;
      const slices = endpointSlices(service, endpoints, { size: maxEndpoints, port });
      return namespace.apply(headlessService(service), ...slices);
    },
    start: async (run, interval) => {
      await namespace.apply(recording(run, { interval }));
      await namespace.kubectl('wait', '--for=condition=Recording', `recording/${run}`, '--timeout=60s');
    },
    stop: async (run) => {
      await namespace.kubectl('patch', 'recording', run, '--type=merge', '--patch={"spec":{"stop":true}}');
    },
  };
}

/** One route makes every address of a network one of this machine. */
function route(act: 'replace' | 'delete'): void {
  execFileSync('ip', ['route', act, 'local', daemonNetwork, 'dev', 'lo'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
