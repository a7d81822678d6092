import type { V1EndpointSlice } from '@kubernetes/client-node';
import { distinct, type Endpoint, endpointPod, endpointPorts } from './endpoint.ts';

/**
 * The endpoints of a service from all of its slices. Those of type FQDN are left out: nothing says what
 * they lead to.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 */
export function fromEndpointSlices(slices: readonly V1EndpointSlice[]): readonly Endpoint[] {
  return distinct(slices.flatMap(endpointsOf));
}

/** What an API server sends may lack what the types promise: a slice without endpoints has null. */
type Sent<T> = { readonly [K in keyof T]?: T[K] | null };

function endpointsOf(slice: Sent<V1EndpointSlice>): readonly Endpoint[] {
  if (slice.addressType !== 'IPv4' && slice.addressType !== 'IPv6') return [];
  const ports = endpointPorts(slice.ports ?? []);
  return (slice.endpoints ?? []).flatMap(({ addresses, conditions, nodeName, targetRef }) => {
    const [address] = addresses;
    if (address === undefined) return [];
    return [
      {
        address,
        uid: targetRef?.uid,
        pod: endpointPod(targetRef),
        node: nodeName,
        // Not told means ready: only what is known to be unready is.
        ready: conditions?.ready ?? true,
        terminating: conditions?.terminating ?? false,
        ports,
      },
    ];
  });
}
