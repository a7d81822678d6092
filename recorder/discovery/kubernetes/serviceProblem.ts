import type { Endpoint } from './endpoint.ts';
import { endpointUrl } from './endpointUrl.ts';
import type { Service } from './serviceTargets.ts';

/** What is wrong with an entry of SERVICE_NAME, as far as the service's endpoints tell. */
export function serviceProblem(service: Service): string | undefined {
  const { endpoints, namespace, service: name, port, role } = service;
  const lacking = endpoints.filter((endpoint) => endpointUrl(endpoint, service) === undefined);
  const whose = `The service ${namespace}/${name}`;
  // How many daemons there are is told anyway.
  if (endpoints.length === 0 && role === 'further') {
    return `${whose} has no endpoints: nothing of it is recorded. Correct SERVICE_NAME, or start its pods.`;
  }
  if (lacking.length > 0) {
    const wanted = port === undefined ? 'no TCP port' : `no port named "${port}"`;
    return (
      `${whose} has ${wanted} on ${lacking.length} of its ${endpoints.length} endpoints ` +
      `(${portsOf(lacking)}): they are not scraped. Correct SERVICE_NAME.`
    );
  }
  const ambiguous =
    port === undefined &&
    endpoints.some(({ ports }) => ports.length > 1 && ports.every((each) => each.name !== 'metrics'));
  if (!ambiguous) return undefined;
  return (
    `${whose} has several ports (${portsOf(endpoints)}) and none is named metrics: the first is scraped. ` +
    `Say which in SERVICE_NAME (${name}:PORT).`
  );
}

/** http 8080, grpc 9090 */
function portsOf(endpoints: readonly Endpoint[]): string {
  const ports = endpoints.flatMap((endpoint) =>
    endpoint.ports.map(({ name, port }) => `${name} ${port}`.trim()),
  );
  return ports.length === 0 ? 'they have none' : [...new Set(ports)].join(', ');
}
