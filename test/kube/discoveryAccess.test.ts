import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { KubernetesApi } from '../../exporter/serve/kubernetes/api.ts';
import { kubeConfigApi } from '../../exporter/serve/kubernetes/kubeConfig.ts';
import { closeAfterEach } from '../recorder/run/closing.ts';
import { tokenFileUser, writeKubeConfig } from '../support/kube/credentials.ts';
import { discovering } from '../support/kube/discovering.ts';
import { applyService } from '../support/kube/endpoints.ts';
import { createNamespace, type Manifest, type TestNamespace } from '../support/kube/kubectl.ts';
import { describeWith, needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

describeWith([needs.kubernetes], 'discovery with the rights of a ServiceAccount', () => {
  const later = closeAfterEach();
  let namespace: TestNamespace;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubemon-access-'));
    namespace = await createNamespace('access');
    await applyService(namespace, 'exporter', [{ address: '10.245.16.1', node: 'node-1' }]);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await namespace.remove();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  /** The API as the ServiceAccount sees it. */
  async function apiAs(account: string, user: object): Promise<KubernetesApi> {
    const path = join(folder, account);
    await writeKubeConfig(path, { user });
    vi.stubEnv('KUBECONFIG', path);
    const api = await kubeConfigApi();
    vi.unstubAllEnvs();
    return api;
  }

  function discover(api: KubernetesApi) {
    const discovery = discovering(api, namespace.name, 'exporter');
    later(discovery.close);
    return discovery;
  }

  test('without a Role it says which one is needed, and finds its targets once it has it', async () => {
    await namespace.kubectl('create', 'serviceaccount', 'nobody');
    const token = await namespace.kubectl('create', 'token', 'nobody');
    const discovery = discover(await apiAs('nobody', { token }));
    await discovery.found();
    await until('it is told', () => discovery.problems()[0]?.message.includes('refuses') === true, 5);
    const [problem] = discovery.problems();
    expect(problem?.message).toContain(
      `User "system:serviceaccount:${namespace.name}:nobody" cannot list resource "endpointslices"`,
    );
    expect(problem?.message).toContain(
      `It needs a Role in namespace ${namespace.name} that lets it list and watch endpointslices.`,
    );
    expect(discovery.expected().count).toBe(0);

    await allow(namespace, 'nobody', [slicesRule]);
    await until('the endpoints are found', () => discovery.targets().length === 1, 30);
    await until('nothing is wrong any more', () => discovery.problems().length === 0, 5);
    // That it may not read the DaemonSet keeps it from nothing, and is told once.
    expect(discovery.expected()).toEqual({
      count: 1,
      reason: `the service ${namespace.name}/exporter has 1 endpoint; its DaemonSet may not be read, by RBAC`,
    });
    expect(discovery.logged.filter((line) => line.includes('DaemonSet'))).toHaveLength(1);
  });

  test('a token that is no longer accepted changes no targets; a new one in its file is taken', async () => {
    await namespace.kubectl('create', 'serviceaccount', 'expiring');
    await namespace.kubectl('create', 'secret', 'generic', 'bound');
    await allow(namespace, 'expiring', [slicesRule, daemonSetRule]);
    const bound = ['--bound-object-kind', 'Secret', '--bound-object-name', 'bound'] as const;
    const path = join(folder, 'token');
    writeFileSync(path, await namespace.kubectl('create', 'token', 'expiring', ...bound));
    const discovery = discover(await apiAs('expiring', tokenFileUser(path)));
    await until('the endpoints are found', () => discovery.targets().length === 1, 20);
    await until('nothing is wrong', () => discovery.problems().length === 0, 5);

    // A token dies with the object that it is bound to.
    await namespace.kubectl('delete', 'secret', 'bound');
    await until('the token is refused', () => discovery.problems().length > 0, 60);
    expect(discovery.problems()[0]?.message).toContain(
      'does not accept the credentials (401 Unauthorized). Is the token expired?',
    );
    expect(discovery.names()).toEqual(['node-1']);

    writeFileSync(path, await namespace.kubectl('create', 'token', 'expiring'));
    // The file is read again after a minute.
    await until('the new token is taken', () => discovery.problems().length === 0, 90);
    expect(discovery.names()).toEqual(['node-1']);
  });
});

const slicesRule = {
  apiGroups: ['discovery.k8s.io'],
  resources: ['endpointslices'],
  verbs: ['list', 'watch'],
};
const daemonSetRule = {
  apiGroups: ['apps'],
  resources: ['daemonsets'],
  resourceNames: ['exporter'],
  verbs: ['get'],
};

/** A Role of this namespace for a ServiceAccount of it. */
async function allow(namespace: TestNamespace, account: string, rules: readonly object[]): Promise<void> {
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: account } };
  const role: Manifest = { ...rbac, kind: 'Role', rules };
  const binding: Manifest = {
    ...rbac,
    kind: 'RoleBinding',
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: namespace.name }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
  };
  await namespace.apply(role, binding);
}
