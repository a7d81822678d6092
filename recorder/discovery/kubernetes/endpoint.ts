/** What stands behind a service: mostly a pod. The inner shape of EndpointSlice and of Endpoints. */
export interface Endpoint {
  /** An IP address. */
  readonly address: string;
  /** Of the object that it stands for, mostly a pod. */
  readonly uid: string | undefined;
  /** Name of the pod, which is in the service's namespace. */
  readonly pod: string | undefined;
  readonly node: string | undefined;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly ports: readonly EndpointPort[];
}

export interface EndpointPort {
  /** Empty where the service has only one and does not name it. */
  readonly name: string;
  readonly port: number;
  readonly https: boolean;
}

interface ApiPort {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

/** Of an EndpointSlice or of an Endpoints; nothing is scraped over UDP or SCTP. */
export function endpointPorts(ports: readonly ApiPort[] = []): readonly EndpointPort[] {
  return ports.flatMap(({ name = '', port, protocol = 'TCP', appProtocol = '' }) => {
    if (port === undefined || protocol !== 'TCP') return [];
    return [{ name, port, https: name.startsWith('https') || appProtocol.toLowerCase() === 'https' }];
  });
}

interface ApiReference {
  readonly kind?: string;
  readonly name?: string;
}

export function endpointPod(reference: ApiReference | undefined): string | undefined {
  return reference?.kind === 'Pod' ? reference.name : undefined;
}

/**
 * Each endpoint once. While the API moves endpoints from slice to slice they are in both, and a service
 * of two address families has each in both of them: then IPv4 counts. An Endpoints object that is mirrored
 * to a slice beside others tells addresses alone.
 */
export function distinct(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const uids = new Map(endpoints.flatMap(({ uid, address }) => (uid === undefined ? [] : [[address, uid]])));
  const found = new Map<string, Endpoint>();
  for (const endpoint of endpoints) {
    const identity = endpoint.uid ?? uids.get(endpoint.address) ?? endpoint.address;
    const known = found.get(identity);
    found.set(identity, known === undefined ? endpoint : merged(known, endpoint));
  }
  return [...found.values()];
}

function merged(a: Endpoint, b: Endpoint): Endpoint {
  const [first, second] = rank(b) > rank(a) ? [b, a] : [a, b];
  const more = second.ports.filter(({ port }) => !first.ports.some((each) => each.port === port));
  return {
    ...first,
    ready: first.ready || second.ready,
    terminating: first.terminating && second.terminating,
    ports: [...first.ports, ...more],
  };
}

/** IPv4 before IPv6, and what is known by its uid before a bare address. */
function rank({ address, uid }: Endpoint): number {
  return (address.includes(':') ? 0 : 2) + (uid === undefined ? 0 : 1);
}
