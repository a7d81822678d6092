import type { RequestOptions } from 'node:https';
import { messageOf } from '../messageOf.ts';
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
    throw noCluster(`the configuration of kubectl cannot be read (${messageOf(error)})`);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw noCluster(`the current context of kubectl, "${config.getCurrentContext()}", has no cluster`);
  }
  // What the library falls back to where it finds nothing.
  if (cluster.server === 'http://localhost:8080') {
    throw noCluster(
      "there is neither KUBECONFIG nor ~/.kube/config, nor the token of a pod's ServiceAccount",
    );
  }
  if (!/^https?:/.test(cluster.server) || !URL.canParse(cluster.server)) {
    throw noCluster(
      `the server of the current context of kubectl, "${cluster.server}", is no https://HOST:PORT`,
    );
  }
  // The library refuses http, which is what kubectl proxy speaks, unless nothing is to be verified: nothing can be.
  if (cluster.server.startsWith('http:')) {
    config.clusters = config.clusters.map((each) => ({ ...each, skipTLSVerify: true }));
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
