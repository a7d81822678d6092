import { expect, test } from 'vitest';
import {
  explainApiError,
  getJson,
  type KubernetesApi,
  KubernetesApiError,
} from '../../../../exporter/serve/kubernetes/api.ts';
import { answerList, refuse, startApiServer } from './ownApiServer.ts';

const api: KubernetesApi = {
  server: 'https://10.96.0.1:443',
  namespace: 'kubemon',
  options: async () => Promise.resolve({}),
};

test.each([
  [
    new KubernetesApiError(401, 'Unauthorized'),
    'The Kubernetes API at https://10.96.0.1:443 does not accept the credentials (401 Unauthorized). Is the token expired?',
  ],
  [
    new KubernetesApiError(403, 'pods is forbidden'),
    'The Kubernetes API at https://10.96.0.1:443 refuses the pods of node node1 (403): pods is forbidden. Allow it by RBAC, as k8s/ does.',
  ],
  [
    new KubernetesApiError(500, 'etcdserver: leader changed'),
    'The Kubernetes API at https://10.96.0.1:443 does not tell the pods of node node1: 500 etcdserver: leader changed.',
  ],
  [
    Object.assign(new Error('connect ECONNREFUSED 10.96.0.1:443'), { code: 'ECONNREFUSED' }),
    'The Kubernetes API at https://10.96.0.1:443 cannot be reached for the pods of node node1: connect ECONNREFUSED 10.96.0.1:443. It is tried again.',
  ],
  [
    Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
    'The Kubernetes API at https://10.96.0.1:443 cannot be reached for the pods of node node1: ECONNREFUSED. It is tried again.',
  ],
  [
    Object.assign(new Error('unable to verify the first certificate'), {
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    }),
    "The Kubernetes API at https://10.96.0.1:443 is not trusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE (unable to verify the first certificate). Is its certificate authority right (certificate-authority in KUBECONFIG, ca.crt of the ServiceAccount), and this machine's clock? It is tried again.",
  ],
  [
    new SyntaxError('Unexpected token <, "<html>\n<he"... is not valid JSON'),
    'The Kubernetes API at https://10.96.0.1:443 does not tell the pods of node node1: Unexpected token <, "<html> <he"... is not valid JSON. It is tried again.',
  ],
])('%s is explained', (error, sentence) => {
  expect(explainApiError(api, 'the pods of node node1', error)).toBe(sentence);
});

test('the query is written into the address, and a server may lie below a path', async () => {
  const server = await startApiServer((response) => answerList(response, []));
  const behind = { ...server.api, server: `${server.api.server}/clusters/one/` };
  const query = { fieldSelector: 'spec.nodeName=node1', limit: '500' };
  const answer = await getJson(behind, '/api/v1/pods', query, AbortSignal.timeout(5000));
  expect(answer).toEqual({ kind: 'List', metadata: { resourceVersion: '10' }, items: [] });
  expect(server.requests.map(({ pathname, search }) => pathname + search)).toEqual([
    '/clusters/one/api/v1/pods?fieldSelector=spec.nodeName%3Dnode1&limit=500',
  ]);
});

test.each([
  ['a Status object', 'forbidden: no', JSON.stringify({ kind: 'Status', message: 'forbidden: no' })],
  ['the text of a proxy', '<h1>Bad gateway</h1>', '<h1>Bad gateway</h1>\n'],
  ['JSON that is no Status', '"no"', '"no"'],
])('a refusal by %s has its message', async (_what, message, body) => {
  const server = await startApiServer((response) => {
    response.statusCode = 403;
    response.end(body);
  });
  const asked = getJson(server.api, '/api/v1/pods', {}, AbortSignal.timeout(5000));
  await expect(asked).rejects.toEqual(expect.objectContaining({ status: 403, message }));
});

test('an answer that does not come is given up when it is no longer wanted', async () => {
  const wanted = new AbortController();
  const server = await startApiServer(() => wanted.abort());
  await expect(getJson(server.api, '/api/v1/pods', {}, wanted.signal)).rejects.toThrow('aborted');
});

test('an answer that is cut short is an error', async () => {
  const server = await startApiServer((response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"items":[', () => response.destroy());
  });
  const asked = getJson(server.api, '/api/v1/pods', {}, AbortSignal.timeout(5000));
  await expect(asked).rejects.toThrow('aborted');
});

test('what a refusal says is kept short enough for a line of the log', async () => {
  const server = await startApiServer((response) => {
    response.statusCode = 502;
    response.end('x'.repeat(5000));
  });
  const asked = getJson(server.api, '/api/v1/pods', {}, AbortSignal.timeout(5000));
  await expect(asked).rejects.toThrow(/^x{200}$/);
});

test('a status that is no error to HTTP is one here', async () => {
  const server = await startApiServer((response) => refuse(response, 204, ''));
  const asked = getJson(server.api, '/api/v1/pods', {}, AbortSignal.timeout(5000));
  await expect(asked).rejects.toBeInstanceOf(KubernetesApiError);
});
