import { expect, test } from 'vitest';
import { serviceProblem } from '../../../../recorder/discovery/kubernetes/serviceProblem.ts';
import { endpoint, port } from './handEndpoint.ts';

const http = port('http', 8080);
const metrics = port('metrics', 9822);
const https = port('https', 8443, true);

test.each([
  [
    'admin',
    [endpoint(http, metrics), endpoint(port('admin', 1))],
    'shop/cart:admin/metrics',
    'no port named "admin" on 1 of its 2 endpoints (http 8080, metrics 9822): they are not scraped.',
  ],
  [
    undefined,
    [endpoint()],
    'shop/cart/metrics',
    'no TCP port on 1 of its 1 endpoints (they have none): they are not scraped.',
  ],
  [
    undefined,
    [endpoint(http, https)],
    undefined,
    'several ports (http 8080, https 8443) and none is named metrics: the first is scraped.',
  ],
])('what is wrong with port %s, and whether it costs targets', (wanted, endpoints, unrecorded, sentence) => {
  const service = { namespace: 'shop', service: 'cart', path: '/metrics', role: 'further' as const };
  const problem = serviceProblem({ ...service, port: wanted, endpoints });
  expect(problem?.message).toContain(`The service shop/cart has ${sentence}`);
  expect(problem?.unrecorded).toBe(unrecorded);
});

test('a further service without endpoints is one that is not recorded', () => {
  const service = { namespace: 'shop', service: 'cart', path: '/metrics', port: undefined, endpoints: [] };
  expect(serviceProblem({ ...service, role: 'further' })).toEqual({
    message:
      'The service shop/cart has no endpoints: nothing of it is recorded. Correct SERVICE_NAME, or start its pods.',
    unrecorded: 'shop/cart/metrics',
  });
  expect(serviceProblem({ ...service, role: 'daemon' })).toBeUndefined();
});

test('nothing is wrong with the only port, or with one that is named', () => {
  const service = { namespace: 'shop', service: 'cart', path: '/metrics', role: 'further' as const };
  expect(
    serviceProblem({ ...service, port: undefined, endpoints: [endpoint(http), endpoint(metrics, http)] }),
  ).toBe(undefined);
  expect(serviceProblem({ ...service, port: 'http', endpoints: [endpoint(https, http)] })).toBe(undefined);
});
