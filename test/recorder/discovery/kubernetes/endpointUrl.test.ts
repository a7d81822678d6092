import { expect, test } from 'vitest';
import type { Endpoint, EndpointPort } from '../../../../recorder/discovery/kubernetes/endpoint.ts';
import { endpointUrl } from '../../../../recorder/discovery/kubernetes/endpointUrl.ts';
import { portProblem } from '../../../../recorder/discovery/kubernetes/portProblem.ts';

const port = (name: string, number: number, https = false): EndpointPort => ({ name, port: number, https });
const http = port('http', 8080);
const metrics = port('metrics', 9822);
const https = port('https', 8443, true);

function endpoint(...ports: EndpointPort[]): Endpoint {
  const unknown = { uid: undefined, pod: undefined, node: undefined };
  return { address: '10.0.0.1', ready: true, terminating: false, ...unknown, ports };
}

test.each([
  ['the only port', undefined, [port('', 80)], 'http://10.0.0.1/metrics'],
  ['the one named metrics', undefined, [http, metrics], 'http://10.0.0.1:9822/metrics'],
  ['else the first', undefined, [https, http], 'https://10.0.0.1:8443/metrics'],
  ['by name', 'http', [metrics, http], 'http://10.0.0.1:8080/metrics'],
  ['by number', '8443', [metrics, https], 'https://10.0.0.1:8443/metrics'],
  ['a number that the service does not have', '9999', [http], 'http://10.0.0.1:9999/metrics'],
  ['a name that it does not have', 'admin', [http], undefined],
  ['no port at all', undefined, [], undefined],
] as const)('which port is scraped: %s', (_, wanted, ports, url) => {
  expect(endpointUrl(endpoint(...ports), { port: wanted, path: '/metrics' })).toBe(url);
});

test.each([
  [
    'admin',
    [endpoint(http, metrics), endpoint(port('admin', 1))],
    'no port named "admin" on 1 of its 2 endpoints (http 8080, metrics 9822): they are not scraped.',
  ],
  [undefined, [endpoint()], 'no TCP port on 1 of its 1 endpoints (they have none): they are not scraped.'],
  [
    undefined,
    [endpoint(http, https)],
    'several ports (http 8080, https 8443) and none is named metrics: the first is scraped.',
  ],
])('what is wrong with port %s', (wanted, endpoints, sentence) => {
  const service = { namespace: 'shop', service: 'cart', path: '/metrics', role: 'further' as const };
  expect(portProblem({ ...service, port: wanted, endpoints })).toContain(
    `The service shop/cart has ${sentence}`,
  );
});

test('nothing is wrong with the only port, or with one that is named', () => {
  const service = { namespace: 'shop', service: 'cart', path: '/metrics', role: 'further' as const };
  expect(
    portProblem({ ...service, port: undefined, endpoints: [endpoint(http), endpoint(metrics, http)] }),
  ).toBe(undefined);
  expect(portProblem({ ...service, port: 'http', endpoints: [endpoint(https, http)] })).toBe(undefined);
});
