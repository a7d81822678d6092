import type { Manifest, TestNamespace } from './kubectl.ts';

/** What stands behind a service of a test: not a pod, but an address. */
export interface TestEndpoint {
  readonly address: string;
  readonly node: string;
  readonly ready?: boolean;
  /** As if it were that pod's. */
  readonly pod?: string;
}

const metricsPort = { name: 'metrics', port: 9822 };

/** A service without a selector: what stands behind it is said by the test. */
export function headlessService(name: string, ports: readonly object[] = [metricsPort]): Manifest {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { clusterIP: 'None', ports } };
}

/** The cluster mirrors it to an EndpointSlice, and deletes both with the service. */
export function endpointsObject(
  name: string,
  endpoints: readonly TestEndpoint[],
  ports: readonly object[] = [metricsPort],
): Manifest {
  const addresses = (ready: boolean) =>
    endpoints
      .filter((endpoint) => (endpoint.ready ?? true) === ready)
      .map(({ address, node }) => ({ ip: address, nodeName: node }));
  const subset = { addresses: addresses(true), notReadyAddresses: addresses(false), ports };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name },
    subsets: endpoints.length === 0 ? [] : [subset],
  };
}

/** Slices of so many endpoints, as the test itself says them. */
export function endpointSlices(
  service: string,
  endpoints: readonly TestEndpoint[],
  { size = 100, port = metricsPort.port }: { readonly size?: number; readonly port?: number } = {},
): readonly Manifest[] {
  const count = Math.ceil(endpoints.length / size);
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-${index + 1}`, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ ...metricsPort, port }],
    endpoints: endpoints
      .slice(index * size, (index + 1) * size)
      .map(({ address, node, ready = true, pod }) => ({
        addresses: [address],
        nodeName: node,
        conditions: { ready },
        ...(pod !== undefined && { targetRef: { kind: 'Pod', name: pod, uid: pod } }),
      })),
  }));
}

/** A slice of one exporter that listens somewhere, as if it were a pod on that node. */
export function exporterSlice(service: string, node: string, url: string): Manifest {
  const { hostname, port } = new URL(url);
  const pod = `${service}-${node}`;
  const [slice] = endpointSlices(service, [{ address: hostname, node, pod }], { port: Number(port) });
  if (slice === undefined) throw new Error('There is no slice of one endpoint.');
  return { ...slice, metadata: { ...slice.metadata, name: pod } };
}

/** `count` addresses on as many nodes: node-001, node-002 and so on. Nobody listens there. */
export function manyEndpoints(count: number): readonly TestEndpoint[] {
  return Array.from({ length: count }, (_, index) => ({
    address: `10.245.${16 + Math.floor(index / 200)}.${1 + (index % 200)}`,
    node: `node-${String(index + 1).padStart(3, '0')}`,
  }));
}

/** Makes the service anew, with what stands behind it. */
export async function applyService(
  namespace: TestNamespace,
  name: string,
  endpoints: readonly TestEndpoint[],
): Promise<void> {
  await namespace.apply(headlessService(name), endpointsObject(name, endpoints));
}
