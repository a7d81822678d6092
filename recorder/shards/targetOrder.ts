import type { ServiceReference } from '../discovery/kubernetes/serviceReference.ts';
import type { Target } from '../scrape/target.ts';

/**
 * A key by which targets are sorted as one recorder has them that knows all: those of TARGETS as they stand
 * there, then the daemons by pod or address, then the further services as they stand in SERVICE_NAME.
 */
export function createTargetOrder(
  named: readonly Pick<Target, 'name'>[],
  further: readonly ServiceReference[],
): (target: Target) => string {
  const places = new Map(named.map(({ name }, index) => [name, index]));
  const services = further.map(({ namespace, service }) => [`${service}/`, `${namespace ?? ''}/${service}/`]);
  return ({ name, pod, url, role }) => {
    const place = places.get(name);
    if (place !== undefined) return `0/${padded(place)}`;
    if (role === 'daemon') return `1/${pod?.split('/')[1] ?? new URL(url).hostname}`;
    const service = services.findIndex((bases) => bases.some((base) => name.startsWith(base)));
    return `2/${padded(service === -1 ? services.length : service)}/${name}`;
  };
}

function padded(index: number): string {
  return String(index).padStart(6, '0');
}
