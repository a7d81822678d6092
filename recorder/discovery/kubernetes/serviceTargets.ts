import type { Target } from '../../scrape/target.ts';
import type { Endpoint } from './endpoint.ts';
import { endpointUrl } from './endpointUrl.ts';
import type { ServiceReference } from './serviceReference.ts';
import { giveNames, type Named } from './targetNames.ts';

/** A service and what stands behind it. */
export interface Service extends ServiceReference {
  readonly namespace: string;
  readonly role: Target['role'];
  readonly endpoints: readonly Endpoint[];
}

export interface Naming {
  /** The recorder's own namespace, which names need not tell. */
  readonly home: string;
  /** Names of other targets. */
  readonly taken: ReadonlySet<string>;
  readonly before: readonly Target[];
}

/** The targets of all services; none is scraped twice. */
export function serviceTargets(services: readonly Service[], naming: Naming): readonly Target[] {
  const found = services.flatMap((service) => staying(service.endpoints).flatMap(unnamed(service, naming)));
  const urls = new Set<string>();
  const distinct = found.filter(({ target: { url } }) => !urls.has(url) && urls.add(url));
  const before = new Map(naming.before.map((target) => [identityOf(target), target.name]));
  const names = giveNames(distinct, naming.taken, before);
  return distinct.map(({ target, identity }) => {
    const name = names.get(identity) ?? identity;
    // What stands for a node of which nothing is known.
    return { name, ...target, node: target.node === '' && target.role === 'daemon' ? name : target.node };
  });
}

/** A pod that ends is left out where another has taken its place on the node. */
function staying(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const nodes = new Set(endpoints.filter(({ terminating }) => !terminating).map(({ node }) => node));
  return endpoints
    .filter(({ terminating, node }) => !terminating || node === undefined || !nodes.has(node))
    .toSorted((a, b) => compare(a.pod ?? a.address, b.pod ?? b.address));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

interface Unnamed extends Named {
  readonly target: Omit<Target, 'name'>;
}

function unnamed(service: Service, naming: Naming): (endpoint: Endpoint) => readonly Unnamed[] {
  return (endpoint) => {
    const url = endpointUrl(endpoint, service);
    if (url === undefined) return [];
    const { pod, node = '', ready } = endpoint;
    const target = {
      node,
      url,
      // Pods come and go under addresses that no certificate foresees; their Service has a name that stays.
      ...(url.startsWith('https:') && { serverName: `${service.service}.${service.namespace}.svc` }),
      role: service.role,
      ...(pod !== undefined && { pod: `${service.namespace}/${pod}` }),
      ready,
    };
    return [{ target, identity: identityOf(target), names: namesOf(service, endpoint, url, naming) }];
  };
}

/** Of a pod that is replaced under the same address, the next one is another. */
function identityOf({ url, pod = '' }: Pick<Target, 'url' | 'pod'>): string {
  return `${pod} ${url}`;
}

/**
 * A daemon goes by its node, which stays when its pod is replaced; others by service and pod. Where that
 * does not tell them apart, pod, address and path do.
 */
function namesOf(
  { role, service, namespace }: Service,
  { node, pod, address }: Endpoint,
  url: string,
  { home }: Naming,
): readonly string[] {
  const { host, pathname } = new URL(url);
  const who = pod ?? address;
  if (role === 'daemon') {
    const nodeNames = node === undefined ? [who] : [node, `${node}/${who}`];
    return [...nodeNames, `${who}/${host}`, `${who}/${host}${pathname}`];
  }
  const base = `${namespace === home ? '' : `${namespace}/`}${service}/${who}`;
  return [base, `${base}/${host}`, `${base}/${host}${pathname}`];
}
