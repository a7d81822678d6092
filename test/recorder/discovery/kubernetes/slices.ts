import type { V1Endpoint, V1EndpointSlice } from '@kubernetes/client-node';

/** An endpoint as the slice controller writes it for a pod. */
export function podEndpoint(pod: string, node: string, address: string, more: Partial<V1Endpoint> = {}) {
  return {
    addresses: [address],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: node,
    targetRef: { kind: 'Pod', namespace: 'kubemon', name: pod, uid: `uid-of-${pod}` },
    ...more,
  } satisfies V1Endpoint;
}

export function slice(endpoints: V1Endpoint[], more: Partial<V1EndpointSlice> = {}): V1EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    ports: [{ name: 'metrics', port: 9822, protocol: 'TCP' }],
    endpoints,
    ...more,
  };
}
