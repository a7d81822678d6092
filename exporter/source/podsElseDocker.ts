import type { ContainerNames } from './names.ts';

/**
 * The names of a node that has Kubernetes and Docker: as the pods tell them, and as Docker does where they do
 * not or not yet. dockershim and cri-dockerd write the pod into Docker's names.
 */
export function podsElseDocker(pods: ContainerNames, docker: ContainerNames): ContainerNames {
  return {
    lookup: (id, podUid) => {
      const byPod = pods.lookup(id, podUid);
      if (byPod !== undefined && byPod.container !== '') return byPod;
      return docker.lookup(id, podUid) ?? byPod;
    },
    mayName: (podUid) => pods.mayName(podUid) || docker.mayName(podUid),
    get available() {
      return pods.available && docker.available;
    },
    get pending() {
      return pods.pending || docker.pending;
    },
    get reason() {
      const reasons = [pods.reason, docker.reason].filter((reason) => reason !== undefined);
      return reasons.length === 0 ? undefined : reasons.join(' ');
    },
    get absence() {
      return pods.absence;
    },
    close: () => {
      pods.close();
      docker.close();
    },
  };
}
