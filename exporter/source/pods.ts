import type { V1Pod } from '@kubernetes/client-node';
import { isStatus, type KubernetesApi } from '../serve/kubernetes/api.ts';
import { followObjects } from '../serve/kubernetes/follow.ts';
import type { Log } from '../serve/log.ts';
import type { ContainerNames } from './names.ts';
import { createPodNames } from './podNames.ts';
import type { Reason } from './unavailable.ts';

export interface PodWatch {
  readonly api: KubernetesApi;
  /** As Kubernetes calls it. */
  readonly nodeName: string;
  readonly log: Log;
}

/**
 * Keeps the names of the containers of this node's pods: namespace and pod are known as soon as the pod is
 * bound to the node, the container's own name once the kubelet has told its status. What is known stays known
 * while the API is away.
 */
export function watchPods({ api, nodeName, log }: PodWatch): ContainerNames {
  const names = createPodNames();
  const noPods = `The Kubernetes API at ${api.server} knows no pod on a node "${nodeName}". If "kubectl get nodes" calls this node otherwise, set NODE_NAME to that.`;
  let listed = false;
  let refused = false;
  const connection = followObjects<V1Pod>({
    api,
    path: '/api/v1/pods',
    query: { fieldSelector: `spec.nodeName=${nodeName}` },
    what: `the pods of node ${nodeName}`,
    onList: (pods) => {
      listed = true;
      refused = false;
      names.replace(pods);
      if (pods.length === 0) log.warn(noPods);
    },
    onChange: (change, pod) => {
      if (change === 'DELETED') names.remove(pod);
      else names.set(pod);
    },
    onError: (error) => {
      refused = isStatus(error, 401, 403);
    },
    log,
  });

  function absence(): Reason | undefined {
    if (connection.pending) return undefined;
    if (connection.available) return names.pods === 0 ? 'kubernetes_no_pods' : undefined;
    return refused ? 'kubernetes_refuses' : 'kubernetes_away';
  }

  return {
    lookup: (id, podUid) => names.lookup(id, podUid),
    // An API that was there may be back soon.
    mayName: (podUid) => podUid !== '' && (connection.pending || listed),
    get available() {
      return connection.available && names.pods > 0;
    },
    get pending() {
      return connection.pending;
    },
    get reason() {
      return connection.reason ?? (names.pods === 0 ? noPods : undefined);
    },
    get absence() {
      return absence();
    },
    close: () => connection.close(),
  };
}
