import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { createLog } from '../../../exporter/serve/log.ts';
import { readSettings } from '../../../exporter/serve/settings.ts';
import { discover } from '../../../recorder/discovery/discover.ts';
import { recorderSettings } from '../../../recorder/settings.ts';

const home = mkdtempSync(join(tmpdir(), 'kubemon-home-'));
afterAll(() => {
  rmSync(home, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function discoverWith(settings: Readonly<Record<string, string>>) {
  return discover(readSettings(recorderSettings, {}, settings), createLog('test', 'silent'));
}

test('outside of a pod TARGETS are all', async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', undefined);
  const discovery = await discoverWith({ TARGETS: 'a=http://10.0.0.1:9822/metrics' });
  await discovery.found();
  expect(discovery.targets().map(({ name }) => name)).toEqual(['a']);
  expect(discovery.expected()).toEqual({ count: 1, reason: 'TARGETS names 1' });
  expect(discovery.problems()).toEqual([]);
});

test('FROM_K8S without a way to the API is refused with a sentence', async () => {
  vi.stubEnv('KUBECONFIG', undefined);
  vi.stubEnv('HOME', home);
  await expect(discoverWith({ FROM_K8S: 'true' })).rejects.toThrow(
    'FROM_K8S (--from-k8s) is "true", but there is neither KUBECONFIG nor ~/.kube/config, nor the token of a pod\'s ServiceAccount. ' +
      'Set KUBECONFIG, or set FROM_K8S to false.',
  );
});

test('FROM_K8S needs a service', async () => {
  await expect(discoverWith({ FROM_K8S: 'true', SERVICE_NAME: ',' })).rejects.toThrow(
    'SERVICE_NAME (--service-name) must name a service while FROM_K8S is true.',
  );
});
