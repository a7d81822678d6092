import { isIPv6 } from 'node:net';
import type { Endpoint, EndpointPort } from './endpoint.ts';
import type { ServiceReference } from './serviceReference.ts';

/** Where an endpoint shows its metrics; undefined where it has no such port. */
export function endpointUrl(
  { address, ports }: Endpoint,
  { port: wanted, path }: Pick<ServiceReference, 'port' | 'path'>,
): string | undefined {
  const port = choosePort(ports, wanted);
  if (port === undefined) return undefined;
  const host = isIPv6(address) ? `[${address}]` : address;
  return new URL(`${port.https ? 'https' : 'http'}://${host}:${port.port}${path}`).href;
}

/** A number is taken as it is: a pod may listen where its service does not lead. */
function choosePort(
  ports: readonly EndpointPort[],
  wanted: string | undefined,
): Pick<EndpointPort, 'port' | 'https'> | undefined {
  if (wanted === undefined) return ports.find(({ name }) => name === 'metrics') ?? ports[0];
  if (!/^\d+$/.test(wanted)) return ports.find(({ name }) => name === wanted);
  const port = Number(wanted);
  return ports.find((each) => each.port === port) ?? { port, https: false };
}
