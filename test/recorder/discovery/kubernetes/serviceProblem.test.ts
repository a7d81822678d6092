import { expect, test } from 'vitest';
import { serviceProblem } from '../../../../recorder/discovery/kubernetes/serviceProblem.ts';
import { endpoint, port } from './handEndpoint.ts';

/** As the API tells the DaemonSet of the daemons' service, or does not. */
function told(desired: number | undefined, more = {}) {
  const facts = { answered: true, refused: false, ...more };
  return { answered: () => facts.answered, refused: () => facts.refused, desired: () => desired };
}
const two = told(2);

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
  const problem = serviceProblem({ ...service, port: wanted, endpoints }, two);
  expect(problem?.message).toContain(`The service shop/cart has ${sentence}`);
  expect(problem?.unrecorded).toBe(unrecorded);
});

test('a further service without endpoints is one that is not recorded', () => {
  const service = { namespace: 'shop', service: 'cart', path: '/metrics', port: undefined, endpoints: [] };
  expect(serviceProblem({ ...service, role: 'further' }, two)).toEqual({
    message:
      'The service shop/cart has no endpoints: nothing of it is recorded. Correct SERVICE_NAME, or start its pods.',
    unrecorded: 'shop/cart/metrics',
  });
});

test('a service of daemons without endpoints is not recorded where none is expected', () => {
  const service = { namespace: 'shop', service: 'cart', path: '/metrics', port: undefined, endpoints: [] };
  const daemons = { ...service, role: 'daemon' as const };
  const problem = {
    message:
      'The service shop/cart has no endpoints, and no DaemonSet of that name expects any: no daemon is recorded. ' +
      'Correct SERVICE_NAME, or start the exporters.',
    unrecorded: 'shop/cart/metrics',
  };
  expect(serviceProblem(daemons, told(undefined))).toEqual(problem);
  expect(serviceProblem(daemons, told(0))).toEqual(problem);
  // A Role names the one DaemonSet that may be read: of another name none may.
  expect(serviceProblem(daemons, told(undefined, { refused: true }))?.message).toContain(
    'The service shop/cart has no endpoints, and its DaemonSet may not be read: no daemon is recorded. ',
  );
  expect(serviceProblem(daemons, two)).toBeUndefined();
  expect(serviceProblem(daemons, told(undefined, { answered: false }))).toBeUndefined();
  expect(serviceProblem({ ...daemons, endpoints: [endpoint(http)] }, told(undefined))).toBeUndefined();
});

test('nothing is wrong with the only port, or with one that is named', () => {
  const service = { namespace: 'shop', service: 'cart', path: '/metrics', role: 'further' as const };
  expect(
    serviceProblem(
      { ...service, port: undefined, endpoints: [endpoint(http), endpoint(metrics, http)] },
      two,
    ),
  ).toBe(undefined);
  expect(serviceProblem({ ...service, port: 'http', endpoints: [endpoint(https, http)] }, two)).toBe(
    undefined,
  );
});
