import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { createNameCache } from './nameCache.ts';
import type { ContainerName, ContainerNames } from './names.ts';

/** What pods call their containers, by the container's id and by the uid of its pod. */
export interface PodNames extends Pick<ContainerNames, 'lookup'> {
  /** The pod is there, and is so. */
  set(pod: V1Pod): void;
  /** The pod is gone. */
  remove(pod: V1Pod): void;
  /** Just these pods are there. */
  replace(pods: readonly V1Pod[]): void;
  /** How many pods are there. */
  readonly pods: number;
}

/** Of a pod nothing is kept but names. Those of what is gone are kept for a minute, as of Docker's containers. */
export function createPodNames(names = createNameCache()): PodNames {
  /** Of each pod by its uid: under what its names are found. */
  const keys = new Map<string, readonly string[]>();

  function change(uid: string, now: ReadonlyMap<string, ContainerName>): void {
    for (const key of keys.get(uid) ?? []) if (!now.has(key)) names.died(key);
    for (const [key, name] of now) names.set(key, name);
  }

  function set(pod: V1Pod): void {
    const now = namesOf(pod);
    change(uidOf(pod), now);
    keys.set(uidOf(pod), [...now.keys()]);
  }

  function remove(uid: string): void {
    change(uid, new Map());
    keys.delete(uid);
  }

  return {
    lookup: (id, podUid = '') => names.lookup(id) ?? names.lookup(podUid),
    set,
    remove: (pod) => remove(uidOf(pod)),
    replace: (pods) => {
      const there = new Set(pods.map(uidOf));
      for (const uid of keys.keys()) if (!there.has(uid)) remove(uid);
      for (const pod of pods) set(pod);
    },
    get pods() {
      return keys.size;
    },
  };
}

function uidOf({ metadata }: V1Pod): string {
  return metadata?.uid ?? '';
}

/** The hash of a static pod's configuration; no uid of another pod looks like it. */
const configHash = /^[0-9a-f]{32}$/;

/**
 * The pod's name under its uid, and that of each container under its id. The cgroup of a static pod has, in place
 * of the uid that the API made for its mirror, the hash in the mirror's annotation.
 */
function namesOf({ metadata, spec, status }: V1Pod): ReadonlyMap<string, ContainerName> {
  const { uid = '', namespace = '', name: pod = '', annotations } = metadata ?? {};
  const itself = { namespace, pod, container: '', image: '', runtime: '', sandbox: false };
  const names = new Map<string, ContainerName>([[uid, itself]]);
  const hash = annotations?.['kubernetes.io/config.hash'] ?? '';
  if (configHash.test(hash)) names.set(hash, itself);

  const specified = [
    ...(spec?.containers ?? []),
    ...(spec?.initContainers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ];
  const images = new Map(specified.map(({ name, image }) => [name, image]));
  const statuses = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  for (const containerStatus of statuses) {
    const image = containerStatus.image || (images.get(containerStatus.name) ?? '');
    for (const { runtime, id } of idsOf(containerStatus)) {
      names.set(id, { ...itself, container: containerStatus.name, image, runtime });
    }
  }
  return names;
}

/** Of the container as it runs, and as it ran before it was started again: its processes may not all be gone. */
function idsOf({ containerID, state, lastState }: V1ContainerStatus) {
  return [containerID, state?.terminated?.containerID, lastState?.terminated?.containerID].flatMap((text) => {
    const [, runtime, id] = /^([a-z-]+):\/\/([0-9a-f]{64})$/.exec(text ?? '') ?? [];
    return runtime === undefined || id === undefined ? [] : [{ runtime, id }];
  });
}
