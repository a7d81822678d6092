import type { V1EndpointSlice } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { fromEndpointSlices } from '../../../../recorder/discovery/kubernetes/endpointSlices.ts';
import { parseServices } from '../../../../recorder/discovery/kubernetes/serviceReference.ts';
import { type Service, serviceTargets } from '../../../../recorder/discovery/kubernetes/serviceTargets.ts';
import type { Target } from '../../../../recorder/scrape/target.ts';
import { podEndpoint, slice } from './slices.ts';

function service(text: string, role: Target['role'], ...slices: V1EndpointSlice[]): readonly Service[] {
  return parseServices(text).map((reference) => ({
    ...reference,
    namespace: reference.namespace ?? 'kubemon',
    role,
    endpoints: fromEndpointSlices(slices),
  }));
}

function daemons(...slices: V1EndpointSlice[]): readonly Service[] {
  return service('kubemon-exporter', 'daemon', ...slices);
}

function targets(services: readonly Service[], before: readonly Target[] = [], taken = ['recorder']) {
  return serviceTargets(services, { home: 'kubemon', taken: new Set(taken), before });
}

const names = (all: readonly Target[]) => all.map(({ name }) => name);

test('a daemon goes by the name of its node', () => {
  expect(targets(daemons(slice([podEndpoint('exporter-a', 'node1', '10.0.0.1')])))).toEqual([
    {
      name: 'node1',
      node: 'node1',
      url: 'http://10.0.0.1:9822/metrics',
      role: 'daemon',
      pod: 'kubemon/exporter-a',
      ready: true,
    },
  ]);
});

test.each([
  [{ name: 'metrics', appProtocol: 'https' }, 'https:', 'kubemon-exporter.kubemon.svc'],
  [{ name: 'https' }, 'https:', 'kubemon-exporter.kubemon.svc'],
  [{ name: 'https-metrics' }, 'https:', 'kubemon-exporter.kubemon.svc'],
  [{ name: 'metrics-https' }, 'http:', undefined],
  [{ name: 'metrics', appProtocol: 'http' }, 'http:', undefined],
])('a port of %j is asked under %s, and verified as %s', (port, protocol, serverName) => {
  const ports = [{ port: 9822, protocol: 'TCP', ...port }];
  const [target] = targets(daemons(slice([podEndpoint('exporter-a', 'node1', '10.0.0.1')], { ports })));
  expect(target?.url).toBe(`${protocol}//10.0.0.1:9822/metrics`);
  expect(target?.serverName).toBe(serverName);
});

test('a pod that is not ready is a target, and told to be unready', () => {
  const unready = podEndpoint('exporter-a', 'node1', '10.0.0.1', { conditions: { ready: false } });
  expect(targets(daemons(slice([unready])))).toMatchObject([{ name: 'node1', ready: false }]);
});

test('a replaced pod goes on under the name of its node', () => {
  const before = targets(daemons(slice([podEndpoint('exporter-a', 'node1', '10.0.0.1')])));
  const after = targets(daemons(slice([podEndpoint('exporter-b', 'node1', '10.0.0.2')])), before);
  expect(after).toMatchObject([
    { name: 'node1', pod: 'kubemon/exporter-b', url: 'http://10.0.0.2:9822/metrics' },
  ]);
});

test('a second pod on a node has a name of its own; the first keeps its name', () => {
  const old = podEndpoint('exporter-b', 'node1', '10.0.0.1');
  const next = podEndpoint('exporter-a', 'node1', '10.0.0.2');
  const one = targets(daemons(slice([old])));
  const two = targets(daemons(slice([old, next])), one);
  expect(new Map(two.map(({ pod, name }) => [pod, name]))).toEqual(
    new Map([
      ['kubemon/exporter-b', 'node1'],
      ['kubemon/exporter-a', 'node1/exporter-a'],
    ]),
  );
  // Of two that are found at once, the first by name has it.
  expect(names(targets(daemons(slice([old, next]))))).toEqual(['node1', 'node1/exporter-b']);
  expect(names(targets(daemons(slice([next])), two))).toEqual(['node1']);
});

test('a pod that ends is left out where another is on its node, and stays a target where none is', () => {
  const ending = (pod: string, node: string, address: string) =>
    podEndpoint(pod, node, address, { conditions: { ready: false, serving: true, terminating: true } });
  const found = targets(
    daemons(
      slice([
        ending('old-1', 'node1', '10.0.0.1'),
        podEndpoint('new-1', 'node1', '10.0.0.2'),
        ending('old-2', 'node2', '10.0.0.3'),
      ]),
    ),
  );
  expect(found.map(({ name, pod }) => [name, pod])).toEqual([
    ['node1', 'kubemon/new-1'],
    ['node2', 'kubemon/old-2'],
  ]);
});

test('further exporters go by service and pod, and by namespace where it is another', () => {
  const pod = podEndpoint('web-1', 'node1', '10.0.0.1');
  const found = targets([
    ...service('cart', 'further', slice([pod])),
    ...service('shop/cart:8080/prometheus', 'further', slice([pod])),
    ...service('nodes', 'further', slice([{ addresses: ['10.0.0.9'] }])),
  ]);
  expect(found).toMatchObject([
    { name: 'cart/web-1', node: 'node1', role: 'further', url: 'http://10.0.0.1:9822/metrics' },
    { name: 'shop/cart/web-1', node: 'node1', url: 'http://10.0.0.1:8080/prometheus' },
    { name: 'nodes/10.0.0.9', node: '', url: 'http://10.0.0.9:9822/metrics' },
  ]);
});

test('two ports of one service are told apart by address, two paths by path', () => {
  const pod = podEndpoint('web-1', 'node1', '10.0.0.1');
  const found = ['cart', 'cart:8080', 'cart:8080/other'].flatMap((text) =>
    service(text, 'further', slice([pod])),
  );
  expect(names(targets(found))).toEqual([
    'cart/web-1',
    'cart/web-1/10.0.0.1:8080',
    'cart/web-1/10.0.0.1:8080/other',
  ]);
});

test('an endpoint of two services is scraped once', () => {
  const pod = slice([podEndpoint('exporter-a', 'node1', '10.0.0.1')]);
  expect(names(targets([...daemons(pod), ...service('same', 'further', pod)]))).toEqual(['node1']);
});

test('two pods that are told to have one address are scraped once', () => {
  const pods = slice([podEndpoint('a', 'node1', '10.0.0.1'), podEndpoint('b', 'node2', '10.0.0.1')]);
  expect(names(targets(daemons(pods)))).toEqual(['node1']);
});

test('names that others have are not given again', () => {
  const found = targets(daemons(slice([podEndpoint('a', 'recorder', '10.0.0.1')])));
  expect(found).toMatchObject([{ name: 'recorder/a', node: 'recorder' }]);
});

test('without a node a daemon goes by its pod or address, and so does its node', () => {
  const bare = slice([{ addresses: ['fd00::1'] }], { addressType: 'IPv6' });
  expect(targets(daemons(bare))).toMatchObject([
    { name: 'fd00::1', node: 'fd00::1', url: 'http://[fd00::1]:9822/metrics' },
  ]);
});
