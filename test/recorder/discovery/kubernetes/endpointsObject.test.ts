import { expect, test } from 'vitest';
import { fromEndpointsObjects } from '../../../../recorder/discovery/kubernetes/endpointsObject.ts';

test('an Endpoints object tells the same, ready or not', () => {
  const endpoints = fromEndpointsObjects([
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'kubemon-exporter', namespace: 'kubemon' },
      subsets: [
        {
          addresses: [
            {
              ip: '10.244.1.4',
              nodeName: 'node1',
              targetRef: { kind: 'Pod', name: 'kubemon-exporter-2tlqd', namespace: 'kubemon', uid: 'u1' },
            },
          ],
          notReadyAddresses: [{ ip: '10.244.2.3', nodeName: 'node2' }],
          ports: [{ name: 'metrics', port: 9822, protocol: 'TCP' }],
        },
      ],
    },
  ]);
  const ports = [{ name: 'metrics', port: 9822, https: false }];
  expect(endpoints).toEqual([
    {
      address: '10.244.1.4',
      uid: 'u1',
      pod: 'kubemon-exporter-2tlqd',
      node: 'node1',
      ready: true,
      terminating: false,
      ports,
    },
    {
      address: '10.244.2.3',
      uid: undefined,
      pod: undefined,
      node: 'node2',
      ready: false,
      terminating: false,
      ports,
    },
  ]);
});

test('a service without endpoints has no subsets', () => {
  expect(fromEndpointsObjects([{ metadata: { name: 'kubemon-exporter' } }])).toEqual([]);
});
