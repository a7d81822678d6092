import type { RequestOptions } from 'node:https';
import { SettingError } from '../settings.ts';
import type { KubernetesApi } from './api.ts';

/**
 * The API as kubectl would reach it: KUBECONFIG, ~/.kube/config, or the pod's ServiceAccount. The library is
 * loaded only here: it costs 76 MB of memory.
 * @throws SettingError where there is no such configuration, or none that can be read.
 */
export async function kubeConfigApi(): Promise<KubernetesApi> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw noCluster(`the configuration of kubectl cannot be read (${why})`);
  }
  const cluster = config.getCurrentCluster();
  // What the library falls back to where it finds nothing.
  if (cluster === null || cluster.server === 'http://localhost:8080') {
    throw noCluster('there is neither KUBECONFIG nor ~/.kube/config, and this is no pod');
  }
  return {
    server: cluster.server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    options: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return options;
    },
  };
}

function noCluster(why: string): SettingError {
  return new SettingError(
    `FROM_K8S (--from-k8s) is "true", but ${why}. Set KUBECONFIG, or set FROM_K8S to false.`,
  );
}
