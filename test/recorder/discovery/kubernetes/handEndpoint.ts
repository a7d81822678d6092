import type { Endpoint, EndpointPort } from '../../../../recorder/discovery/kubernetes/endpoint.ts';

export function port(name: string, number: number, https = false): EndpointPort {
  return { name, port: number, https };
}

/** A ready endpoint of which nothing is known but its ports. */
export function endpoint(...ports: EndpointPort[]): Endpoint {
  const unknown = { uid: undefined, pod: undefined, node: undefined };
  return { address: '10.0.0.1', ready: true, terminating: false, ...unknown, ports };
}
