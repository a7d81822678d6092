import { writeFileSync } from 'node:fs';
import { kubectlJson } from './kubectl.ts';

interface KubeConfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly contexts: readonly { readonly name: string; readonly context: object }[];
  readonly users: readonly { readonly name: string; readonly user: object }[];
}

/** How a kubeconfig differs from KUBECONFIG's. */
export interface Differing {
  /** https://127.0.0.1:6443 */
  readonly server?: string;
  /** In the place of what the user proves itself by: a token, or an auth-provider. */
  readonly user?: object;
  readonly namespace?: string;
}

/** Writes a kubeconfig for the cluster of KUBECONFIG. */
export async function writeKubeConfig(path: string, { server, user, namespace }: Differing): Promise<void> {
  const config = await kubectlJson<KubeConfig>('config', 'view', '--raw', '--flatten', '--minify');
  const clusters = config.clusters.map((each) => ({
    ...each,
    cluster: { ...each.cluster, server: server ?? each.cluster.server },
  }));
  const contexts = config.contexts.map((each) => ({
    ...each,
    context: { ...each.context, ...(namespace !== undefined && { namespace }) },
  }));
  const users = config.users.map((each) => ({ name: each.name, user: user ?? each.user }));
  writeFileSync(path, JSON.stringify({ ...config, clusters, contexts, users }), { mode: 0o600 });
}

/** A kubeconfig's user whose token is in a file that may change. */
export function tokenFileUser(path: string): object {
  return { 'auth-provider': { name: 'tokenFile', config: { tokenFile: path } } };
}
