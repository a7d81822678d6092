import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inPod, serviceAccountApi } from '../../../../exporter/serve/kubernetes/serviceAccount.ts';

const pod = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubemon-account-'));
  mount('token', 'first\n');
  mount('namespace', 'kubemon');
  mount('ca.crt', 'the certificate of the cluster');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function mount(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
}

test('a pod knows that it is one', () => {
  expect([inPod(pod), inPod({})]).toEqual([true, false]);
});

test('the API is where the kubelet says, and is asked with what it mounts', async () => {
  const api = await serviceAccountApi(pod, folder);
  expect([api.server, api.namespace]).toEqual(['https://10.96.0.1:443', 'kubemon']);
  expect(await api.options()).toEqual({
    ca: Buffer.from('the certificate of the cluster'),
    headers: { authorization: 'Bearer first' },
  });
});

test('a token that was renewed is the next to be used', async () => {
  const api = await serviceAccountApi(pod, folder);
  await api.options();
  mount('token', 'second');
  expect(await api.options()).toMatchObject({ headers: { authorization: 'Bearer second' } });
});

test('an address of IPv6 stands in brackets', async () => {
  const { server } = await serviceAccountApi({ KUBERNETES_SERVICE_HOST: 'fd00:10:96::1' }, folder);
  expect(server).toBe('https://[fd00:10:96::1]:443');
});

test('a pod without a token has no API', async () => {
  await expect(serviceAccountApi(pod, join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
