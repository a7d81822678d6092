import type { V1EndpointSlice } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { fromEndpointSlices } from '../../../../recorder/discovery/kubernetes/endpointSlices.ts';
import { podEndpoint, slice } from './slices.ts';

test('a slice as the API server sends it', () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- times are strings in JSON
  const sent = JSON.parse(`{
    "addressType": "IPv4",
    "apiVersion": "discovery.k8s.io/v1",
    "endpoints": [
      {
        "addresses": ["10.244.1.4"],
        "conditions": { "ready": true, "serving": true, "terminating": false },
        "nodeName": "node1",
        "targetRef": {
          "kind": "Pod",
          "name": "kubemon-exporter-2tlqd",
          "namespace": "kubemon",
          "uid": "bce39e74-7674-4858-9099-e39a62bb43a1"
        }
      }
    ],
    "kind": "EndpointSlice",
    "metadata": {
      "generation": 12,
      "labels": { "kubernetes.io/service-name": "kubemon-exporter", "service.kubernetes.io/headless": "" },
      "name": "kubemon-exporter-cd5ks",
      "namespace": "kubemon",
      "resourceVersion": "960"
    },
    "ports": [{ "name": "metrics", "port": 9822, "protocol": "TCP" }]
  }`) as V1EndpointSlice;
  expect(fromEndpointSlices([sent])).toEqual([
    {
      address: '10.244.1.4',
      uid: 'bce39e74-7674-4858-9099-e39a62bb43a1',
      pod: 'kubemon-exporter-2tlqd',
      node: 'node1',
      ready: true,
      terminating: false,
      ports: [{ name: 'metrics', port: 9822, https: false }],
    },
  ]);
});

test('a slice without endpoints or ports has null for them', () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the API sends, whatever its types say
  const sent = { addressType: 'IPv4', endpoints: null, ports: null } as unknown as V1EndpointSlice;
  expect(fromEndpointSlices([sent])).toEqual([]);
});

test('an endpoint that is not told to be unready is ready, also without conditions', () => {
  const endpoints = fromEndpointSlices([
    slice([
      { addresses: ['10.0.0.1'] },
      { addresses: ['10.0.0.2'], conditions: {} },
      { addresses: ['10.0.0.3'], conditions: { ready: false } },
    ]),
  ]);
  expect(endpoints.map(({ address, ready }) => [address, ready])).toEqual([
    ['10.0.0.1', true],
    ['10.0.0.2', true],
    ['10.0.0.3', false],
  ]);
});

test('all slices are merged; a pod that is moved between them is there once', () => {
  const moved = podEndpoint('b', 'node2', '10.0.0.2');
  const endpoints = fromEndpointSlices([
    slice([podEndpoint('a', 'node1', '10.0.0.1'), moved]),
    slice([moved, podEndpoint('c', 'node3', '10.0.0.3')]),
  ]);
  expect(endpoints.map(({ address }) => address)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
});

test('an address of a mirrored Endpoints object is that of the pod which has it', () => {
  const mirrored = slice([{ addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.9'] }]);
  const own = slice([podEndpoint('a', 'node1', '10.0.0.1')]);
  for (const slices of [
    [mirrored, own],
    [own, mirrored],
  ]) {
    expect(fromEndpointSlices(slices).map(({ address, pod, node }) => [address, pod, node])).toEqual(
      expect.arrayContaining([
        ['10.0.0.1', 'a', 'node1'],
        ['10.0.0.9', undefined, undefined],
      ]),
    );
    expect(fromEndpointSlices(slices)).toHaveLength(2);
  }
});

test('of two address families one counts, IPv4 where there is both', () => {
  const endpoints = fromEndpointSlices([
    slice([podEndpoint('a', 'node1', 'fd00::1'), podEndpoint('b', 'node2', 'fd00::2')], {
      addressType: 'IPv6',
    }),
    slice([podEndpoint('a', 'node1', '10.0.0.1')]),
  ]);
  expect(endpoints.map(({ address }) => address)).toEqual(['10.0.0.1', 'fd00::2']);
});

test('ports of several slices are those of the endpoint; only TCP counts, and https is seen', () => {
  const pod = podEndpoint('a', 'node1', '10.0.0.1');
  const endpoints = fromEndpointSlices([
    slice([pod], { ports: [{ name: 'dns', port: 53, protocol: 'UDP' }, { port: 8080 }] }),
    slice([pod], {
      ports: [
        { name: 'https-admin', port: 8443, protocol: 'TCP' },
        { name: 'tls', port: 9443, appProtocol: 'https' },
      ],
    }),
  ]);
  expect(endpoints.map(({ ports }) => ports)).toEqual([
    [
      { name: '', port: 8080, https: false },
      { name: 'https-admin', port: 8443, https: true },
      { name: 'tls', port: 9443, https: true },
    ],
  ]);
});

test('slices of host names are left out', () => {
  expect(fromEndpointSlices([slice([{ addresses: ['db.example.org'] }], { addressType: 'FQDN' })])).toEqual(
    [],
  );
});
