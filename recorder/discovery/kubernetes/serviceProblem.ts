import type { Problem } from '../discovery.ts';
import type { Endpoint } from './endpoint.ts';
import type { DesiredDaemons } from './daemonSet.ts';
import { endpointUrl } from './endpointUrl.ts';
import { entryOf } from './serviceReference.ts';
import type { Service } from './serviceTargets.ts';

/**
 * What is wrong with an entry of SERVICE_NAME, as far as the service's endpoints tell.
 * @param daemonSet of the daemons' service
 */
export function serviceProblem(
  service: Service,
  daemonSet: Pick<DesiredDaemons, 'answered' | 'desired' | 'refused'>,
): Omit<Problem, 'since'> | undefined {
  const { endpoints, namespace, service: name, port, role } = service;
  const lacking = endpoints.filter((endpoint) => endpointUrl(endpoint, service) === undefined);
  const whose = `The service ${namespace}/${name}`;
  const unrecorded = entryOf(service);
  if (endpoints.length === 0 && role === 'further') {
    const remedy = 'Correct SERVICE_NAME, or start its pods.';
    return { message: `${whose} has no endpoints: nothing of it is recorded. ${remedy}`, unrecorded };
  }
  // Of daemons that are expected it is told anyway how many are missing.
  if (endpoints.length === 0 && daemonSet.answered() && (daemonSet.desired() ?? 0) === 0) {
    const expecting = daemonSet.refused()
      ? 'and its DaemonSet may not be read'
      : 'and no DaemonSet of that name expects any';
    const remedy = 'Correct SERVICE_NAME, or start the exporters.';
    return {
      message: `${whose} has no endpoints, ${expecting}: no daemon is recorded. ${remedy}`,
      unrecorded,
    };
  }
  if (lacking.length > 0) {
    const wanted = port === undefined ? 'no TCP port' : `no port named "${port}"`;
    const message =
      `${whose} has ${wanted} on ${lacking.length} of its ${endpoints.length} endpoints ` +
      `(${portsOf(lacking)}): they are not scraped. Correct SERVICE_NAME.`;
    return { message, unrecorded };
  }
  const ambiguous =
    port === undefined &&
    endpoints.some(({ ports }) => ports.length > 1 && ports.every((each) => each.name !== 'metrics'));
  if (!ambiguous) return undefined;
  const message =
    `${whose} has several ports (${portsOf(endpoints)}) and none is named metrics: the first is scraped. ` +
    `Say which in SERVICE_NAME (${name}:PORT).`;
  return { message };
}

/** http 8080, grpc 9090 */
function portsOf(endpoints: readonly Endpoint[]): string {
  const ports = endpoints.flatMap((endpoint) =>
    endpoint.ports.map(({ name, port }) => `${name} ${port}`.trim()),
  );
  return ports.length === 0 ? 'they have none' : [...new Set(ports)].join(', ');
}
