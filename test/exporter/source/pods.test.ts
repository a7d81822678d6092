import { expect, onTestFinished, test, vi } from 'vitest';
import { watchPods } from '../../../exporter/source/pods.ts';
import {
  answerList,
  isWatch,
  type OwnApiServer,
  refuse,
  startApiServer,
  tell,
} from '../serve/kubernetes/ownApiServer.ts';
import { recordedLog } from './recordedLog.ts';

vi.setConfig({ testTimeout: 20_000 });
const soon = { timeout: 10_000, interval: 5 };
const uid = '7f3c2a10-52de-4a7c-9d4e-6f1b2c3d4e5f';
const id = '1a'.repeat(32);
const metadata = { uid, name: 'web-0', namespace: 'shop', resourceVersion: '11' };
const bound = { metadata, spec: { containers: [{ name: 'web', image: 'web:3' }] } };
const running = { ...bound, status: { containerStatuses: [{ name: 'web', containerID: `cri-o://${id}` }] } };
const itself = { namespace: 'shop', pod: 'web-0', container: '', image: '', runtime: '', sandbox: false };
const web = { ...itself, container: 'web', image: 'web:3', runtime: 'cri-o' };

function watch({ api }: OwnApiServer) {
  const { log, lines } = recordedLog();
  const names = watchPods({ api, nodeName: 'node1', log });
  onTestFinished(() => {
    names.close();
  });
  return { names, lines };
}

test('names come with the watch: first of the pod, then of its container', async () => {
  const server = await startApiServer((response, url) => {
    if (!isWatch(url)) answerList(response, [bound]);
    else setTimeout(() => tell(response, 'MODIFIED', running), 50);
  });
  const { names } = watch(server);
  expect([names.pending, names.mayName(uid), names.mayName(''), names.absence]).toEqual([
    true,
    true,
    false,
    undefined,
  ]);
  await expect.poll(() => names.lookup(id, uid), soon).toEqual(itself);
  await expect.poll(() => names.lookup(id, uid), soon).toEqual(web);
  expect([names.available, names.pending, names.reason, names.absence]).toEqual([
    true,
    false,
    undefined,
    undefined,
  ]);
});

test('a deleted pod is still called so', async () => {
  const server = await startApiServer((response, url) => {
    if (!isWatch(url)) answerList(response, [running]);
    else tell(response, 'DELETED', running);
  });
  const { names } = watch(server);
  await expect.poll(() => names.absence, soon).toBe('kubernetes_no_pods');
  expect(names.lookup(id, uid)).toEqual(web);
});

test.each([
  [401, 'Unauthorized', /does not accept the credentials \(401 Unauthorized\)/],
  [403, 'pods is forbidden', /refuses the pods of node node1 \(403\): pods is forbidden/],
])('an API that refuses (%i) is a reason, and nothing waits for it', async (code, message, sentence) => {
  const server = await startApiServer((response) => refuse(response, code, message));
  const { names, lines } = watch(server);
  await vi.waitUntil(() => !names.pending, soon);
  expect([names.available, names.mayName(uid), names.absence]).toEqual([false, false, 'kubernetes_refuses']);
  expect(names.reason).toMatch(sentence);
  expect(lines).toEqual([`info ${names.reason}`]);
});

test('an API that goes away leaves what is known, and may be back soon', async () => {
  const server = await startApiServer((response, url) => {
    if (isWatch(url)) response.flushHeaders();
    else answerList(response, [running]);
  });
  const { names } = watch(server);
  await vi.waitUntil(() => server.requests.length === 2, soon);
  await server.stop();
  await vi.waitUntil(() => !names.available, soon);
  expect([names.absence, names.mayName(uid), names.lookup(id, uid)]).toEqual(['kubernetes_away', true, web]);
  expect(names.reason).toMatch(/cannot be reached for the pods of node node1/);
});

test('an API that refuses after having told is a refusal until it tells again', async () => {
  const server = await startApiServer((response, url, count) => {
    if (count === 3) refuse(response, 401, 'Unauthorized');
    else if (!isWatch(url)) answerList(response, [running]);
    else if (count === 2) response.destroy();
  });
  const { names } = watch(server);
  await expect.poll(() => names.absence, soon).toBe('kubernetes_refuses');
  expect(names.lookup(id, uid)).toEqual(web);
  await expect.poll(() => names.absence, soon).toBeUndefined();
});

test('a node that has no pod is probably another', async () => {
  const server = await startApiServer((response, url) => {
    if (!isWatch(url)) answerList(response, []);
    else setTimeout(() => tell(response, 'ADDED', running), 300);
  });
  const { names, lines } = watch(server);
  await vi.waitUntil(() => !names.pending, soon);
  const sentence = `The Kubernetes API at ${server.api.server} knows no pod on a node "node1". If "kubectl get nodes" calls this node otherwise, set NODE_NAME to that.`;
  expect([names.available, names.reason, names.absence]).toEqual([false, sentence, 'kubernetes_no_pods']);
  expect(lines).toContain(`warn ${sentence}`);
  await vi.waitUntil(() => names.available, soon);
  expect([names.reason, names.absence]).toEqual([undefined, undefined]);
});
