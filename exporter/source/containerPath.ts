/** What the path of a cgroup tells of the container that it holds. */
export interface ContainerPath {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** docker, containerd, cri-o, podman, or empty where the path does not say. */
  readonly runtime: string;
  /** Of Kubernetes; empty outside. A static pod has the hash of its configuration here. */
  readonly podUid: string;
}

/**
 * Recognises a container by the last element of its cgroup's path, so that any depth and driver works:
 *
 *     /docker/<id>                                              Docker, cgroupfs
 *     /system.slice/docker-<id>.scope                           Docker, systemd
 *     /kubepods/burstable/pod<uid>/<id>                         kubelet, cgroupfs; CRI-O: crio-<id>
 *     /kubepods.slice/…/kubepods-pod<uid_>.slice/cri-containerd-<id>.scope
 *     /machine.slice/libpod-<id>.scope                          Podman
 *     /<namespace>/<id>                                         containerd by itself
 *
 * The conmon processes of CRI-O and Podman live in cgroups named alike; they are not containers.
 */
export function parseContainerPath(path: string): ContainerPath | undefined {
  const elements = path.split('/');
  const [, prefix, id] = /^(?:([a-z][a-z-]*)-)?([0-9a-f]{64})(?:\.scope)?$/.exec(elements.at(-1) ?? '') ?? [];
  if (id === undefined || prefix?.endsWith('conmon')) return undefined;
  return { id, runtime: runtimeOf(prefix, elements.at(-2)), podUid: podUidOf(path) };
}

const runtimes: Readonly<Record<string, string>> = {
  docker: 'docker',
  'cri-containerd': 'containerd',
  nerdctl: 'containerd',
  crio: 'cri-o',
  libpod: 'podman',
};

function runtimeOf(prefix: string | undefined, parent: string | undefined): string {
  if (prefix !== undefined) return runtimes[prefix] ?? prefix;
  if (parent === 'docker') return 'docker';
  if (parent === 'libpod_parent') return 'podman';
  return parent?.startsWith('pod') ? '' : 'containerd';
}

function podUidOf(path: string): string {
  return /[/-]pod([0-9a-f_-]{32,36})(?:\.slice)?\//.exec(path)?.[1]?.replaceAll('_', '-') ?? '';
}
