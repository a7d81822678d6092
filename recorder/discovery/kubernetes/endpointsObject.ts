import type { V1Endpoints } from '@kubernetes/client-node';
import { distinct, type Endpoint, endpointPod, endpointPorts } from './endpoint.ts';

/**
 * The endpoints of a service from its Endpoints object: what there was before EndpointSlice. It knows of
 * no pods that end.
 */
export function fromEndpointsObjects(objects: readonly V1Endpoints[]): readonly Endpoint[] {
  const subsets = objects.flatMap((object) => object.subsets ?? []);
  return distinct(
    subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports }) =>
      [
        ...addresses.map((address) => ({ address, ready: true })),
        ...notReadyAddresses.map((address) => ({ address, ready: false })),
      ].map(({ address, ready }) => ({
        address: address.ip,
        uid: address.targetRef?.uid,
        pod: endpointPod(address.targetRef),
        node: address.nodeName,
        ready,
        terminating: false,
        ports: endpointPorts(ports),
      })),
    ),
  );
}
