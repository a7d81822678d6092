import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { KubernetesApi } from '../../../exporter/serve/kubernetes/api.ts';
import { serviceAccountApi } from '../../../exporter/serve/kubernetes/serviceAccount.ts';
import { defaultDockerHost, dockerHost } from '../../../exporter/source/dockerHost.ts';
import { openNames } from '../../../exporter/source/openNames.ts';
import { describeWith } from '../../support/needs.ts';
import { noAccount } from '../serve/kubernetes/noAccount.ts';
import { answerList, isWatch, startApiServer } from '../serve/kubernetes/ownApiServer.ts';
import { recordedLog } from './recordedLog.ts';

const soon = { timeout: 10_000, interval: 5 };
const elsewhere = 'unix:///nowhere/docker.sock';
const noToken =
  'FROM_K8S is true, but no token of a ServiceAccount is mounted in this pod: containers are shown without names. Mount one (automountServiceAccountToken), or set FROM_K8S to false.';

beforeEach(() => {
  for (const name of ['KUBERNETES_SERVICE_HOST', 'KUBECONFIG']) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', '/nowhere');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function withoutAccount(): Promise<KubernetesApi> {
  return serviceAccountApi(process.env, '/nowhere');
}

async function open(fromK8s: boolean | undefined, host: string, podApi = withoutAccount) {
  const { log, lines } = recordedLog();
  const settings = { fromK8s, nodeName: 'node1', dockerHost: dockerHost(host), log };
  const names = await openNames(settings, podApi);
  onTestFinished(() => {
    names.close();
  });
  return { names, lines };
}

test.each([undefined, false])('without Kubernetes (FROM_K8S %s) Docker is asked', async (fromK8s) => {
  const { names } = await open(fromK8s, elsewhere);
  await vi.waitUntil(() => !names.pending, soon);
  expect([names.reason, names.absence]).toEqual([
    expect.stringMatching(/^There is no Docker socket at unix:\/\/\/nowhere/),
    undefined,
  ]);
});

test('in a pod the pods of the node are asked', async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
  const uid = '7f3c2a10-52de-4a7c-9d4e-6f1b2c3d4e5f';
  const server = await startApiServer((response, url) => {
    if (!isWatch(url)) answerList(response, [{ metadata: { uid, name: 'web-0', namespace: 'shop' } }]);
  });
  const { names } = await open(undefined, elsewhere, async () => Promise.resolve(server.api));
  await expect.poll(() => names.lookup('1a'.repeat(32), uid)?.pod, soon).toBe('web-0');
  expect(server.requests[0]?.searchParams.get('fieldSelector')).toBe('spec.nodeName=node1');
});

test('in a pod with FROM_K8S=false it is Docker', async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
  const { names } = await open(false, elsewhere);
  await vi.waitUntil(() => !names.pending, soon);
  expect([names.absence, names.reason]).toEqual([undefined, expect.stringMatching(/^There is no Docker/)]);
});

test('a pod without a token works without names, and says why', async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
  const { names, lines } = await open(undefined, elsewhere);
  expect([names.available, names.absence]).toEqual([false, 'no_service_account']);
  expect(lines).toContain(`warn ${noToken}`);
  // Docker, where DOCKER_HOST names one, may still name them.
  expect(names.mayName('')).toBe(true);
  await vi.waitUntil(() => !names.pending, soon);
  expect(names.reason).toMatch(/^FROM_K8S is true, but no token .+ There is no Docker socket at/);
});

test('beside the pods Docker is asked only where there is one', async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
  const { names } = await open(undefined, defaultDockerHost);
  expect(names.pending).toBe(existsSync(defaultDockerHost.replace('unix://', '')));
});

describeWith([noAccount], 'outside a pod', () => {
  test('FROM_K8S where nothing says where the API is stops the start', async () => {
    await expect(open(true, elsewhere)).rejects.toThrow(
      "there is neither KUBECONFIG nor ~/.kube/config, nor the token of a pod's ServiceAccount",
    );
  });
});
