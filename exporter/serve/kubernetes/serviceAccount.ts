import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { KubernetesApi } from './api.ts';

const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whether this process runs in a pod. */
export function inPod(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment['KUBERNETES_SERVICE_HOST'] !== undefined;
}

/**
 * The namespace of this pod.
 * @throws Error of the system where no token is mounted.
 */
export async function podNamespace(folder = mounted): Promise<string> {
  return (await readFile(join(folder, 'namespace'), 'utf8')).trim();
}

/**
 * The API as a pod's ServiceAccount sees it. The kubelet renews the token in its file long before it
 * expires: it is read for each request.
 * https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 * @param folder where the kubelet mounts token, ca.crt and namespace
 * @throws Error of the system where no token is mounted.
 */
export async function serviceAccountApi(
  environment: NodeJS.ProcessEnv = process.env,
  folder = mounted,
): Promise<KubernetesApi> {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '443';
  const namespace = await podNamespace(folder);
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace,
    options: async () => {
      const [token, ca] = await Promise.all([
        readFile(join(folder, 'token'), 'utf8'),
        readFile(join(folder, 'ca.crt')),
      ]);
      return { ca, headers: { authorization: `Bearer ${token.trim()}` } };
    },
  };
}
