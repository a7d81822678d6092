import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesApi } from '../../../exporter/serve/kubernetes/api.ts';
import { serviceAccountApi } from '../../../exporter/serve/kubernetes/serviceAccount.ts';
import { kubectl, kubectlJson, type TestNamespace } from './kubectl.ts';

/** What a pod has of a ServiceAccount, as the kubelet mounts it, in a folder of the test's own. */
export interface MountedAccount {
  /** The API as that pod would see it. */
  readonly api: KubernetesApi;
  /** What the kubelet does before a token expires: another one in its place. */
  renew(token: string): void;
  remove(): void;
}

interface KubeConfig {
  readonly clusters: readonly [
    {
      readonly cluster: {
        readonly server: string;
        readonly 'certificate-authority'?: string;
        readonly 'certificate-authority-data'?: string;
      };
    },
  ];
}

export async function createAccount(namespace: TestNamespace, name: string): Promise<string> {
  await namespace.kubectl('create', 'serviceaccount', name);
  return namespace.kubectl('create', 'token', name);
}

/** Lets an account do this with all pods of the cluster. That is there until it is removed. */
export async function allowPods(
  namespace: TestNamespace,
  account: string,
): Promise<{ remove(): Promise<void> }> {
  const name = `${namespace.name}-${account}`;
  await kubectl('create', 'clusterrole', name, '--verb=list,watch', '--resource=pods');
  const who = `--serviceaccount=${namespace.name}:${account}`;
  await kubectl('create', 'clusterrolebinding', name, `--clusterrole=${name}`, who);
  return {
    remove: async () => {
      await kubectl('delete', `clusterrole/${name}`, `clusterrolebinding/${name}`);
    },
  };
}

export async function mountAccount(namespace: TestNamespace, token: string): Promise<MountedAccount> {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-account-'));
  const write = (file: string, content: string | Buffer) => writeFileSync(join(folder, file), content);
  const config = await kubectlJson<KubeConfig>('config', 'view', '--raw', '--minify');
  const { cluster } = config.clusters[0];
  const { hostname, port } = new URL(cluster.server);
  write('token', token);
  write('namespace', namespace.name);
  write(
    'ca.crt',
    cluster['certificate-authority'] === undefined
      ? Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64')
      : readFileSync(cluster['certificate-authority']),
  );
  return {
    api: await serviceAccountApi(
      { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      folder,
    ),
    renew: (renewed) => write('token', renewed),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
