import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { kubeConfigApi } from '../../../../exporter/serve/kubernetes/kubeConfig.ts';
import { describeWith } from '../../../support/needs.ts';
import { noAccount } from './noAccount.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubemon-kubeconfig-'));
  vi.stubEnv('HOME', folder);
  vi.stubEnv('KUBECONFIG', join(folder, 'config'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('the API is that of the current context', async () => {
  writeFileSync(
    join(folder, 'config'),
    JSON.stringify({
      clusters: [
        { name: 'lab', cluster: { server: 'https://192.0.2.7:6443', 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name: 'me', user: { token: 'secret' } }],
      contexts: [{ name: 'mine', context: { cluster: 'lab', user: 'me', namespace: 'shop' } }],
      'current-context': 'mine',
    }),
  );
  const api = await kubeConfigApi();
  expect([api.server, api.namespace]).toEqual(['https://192.0.2.7:6443', 'shop']);
  expect(await api.options()).toMatchObject({ headers: { Authorization: 'Bearer secret' } });
});

test('kubectl proxy speaks http', async () => {
  const server = 'http://127.0.0.1:8001';
  writeFileSync(
    join(folder, 'config'),
    JSON.stringify({
      clusters: [{ name: 'proxy', cluster: { server } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy' } }],
      'current-context': 'proxy',
    }),
  );
  const api = await kubeConfigApi();
  expect([api.server, (await api.options()).agent]).toEqual([server, expect.any(Agent)]);
});

test.each([
  ['is not there', undefined],
  ['is no YAML', '{clusters: ['],
])('one that %s is a sentence, too', async (_what, content) => {
  if (content !== undefined) writeFileSync(join(folder, 'config'), content);
  await expect(kubeConfigApi()).rejects.toThrow(
    /^FROM_K8S \(--from-k8s\) is "true", but the configuration of kubectl cannot be read \(.+\)\. Set KUBECONFIG/s,
  );
});

test.each([
  ['current context of kubectl, "none", has no cluster', 'none', 'https://192.0.2.7:6443'],
  [
    'server of the current context of kubectl, "192.0.2.7:6443", is no https://HOST:PORT',
    'lab',
    '192.0.2.7:6443',
  ],
])('what is wrong with it is told: the %s', async (wrong, current, server) => {
  writeFileSync(
    join(folder, 'config'),
    JSON.stringify({
      clusters: [{ name: 'lab', cluster: { server } }],
      contexts: [{ name: 'lab', context: { cluster: 'lab' } }],
      'current-context': current,
    }),
  );
  await expect(kubeConfigApi()).rejects.toThrow(
    `FROM_K8S (--from-k8s) is "true", but the ${wrong}. Set KUBECONFIG`,
  );
});

describeWith([noAccount], 'where there is none', () => {
  test('the person who set FROM_K8S is told', async () => {
    vi.stubEnv('KUBECONFIG', undefined);
    await expect(kubeConfigApi()).rejects.toThrow(
      'FROM_K8S (--from-k8s) is "true", but there is neither KUBECONFIG nor ~/.kube/config, nor the token of a pod\'s ServiceAccount. Set KUBECONFIG, or set FROM_K8S to false.',
    );
  });
});
