import type { Reason } from './unavailable.ts';

/** What a container runtime or Kubernetes calls a container. "" where it has no such name. */
export interface ContainerName {
  /** Kubernetes namespace; "" outside Kubernetes. */
  readonly namespace: string;
  /** Kubernetes pod; "" outside Kubernetes. */
  readonly pod: string;
  /** The container's name in its pod, or that which the runtime gives it; "" where only its pod is known. */
  readonly container: string;
  readonly image: string;
  /** docker, containerd, cri-o, ...; "" where only its pod is known. */
  readonly runtime: string;
  /** A pause container, which only holds a pod's namespaces. */
  readonly sandbox: boolean;
}

/** A cache of names, filled in the background: a lookup never waits. */
export interface ContainerNames {
  /**
   * The name of a container, while it lives and a minute longer.
   * @param id all of it: 64 hex digits
   * @param podUid as the path of its cgroup tells it; empty or absent outside Kubernetes
   */
  lookup(id: string, podUid?: string): ContainerName | undefined;
  /** Whether a container that has no name of its own now, in this pod or in none, may get one soon. */
  mayName(podUid: string): boolean;
  /** Whether names are kept up to date now. */
  readonly available: boolean;
  /** Whether the first attempt to get names is still on its way: they are not available yet. */
  readonly pending: boolean;
  /** Why names are not available, as a sentence; undefined while they are. */
  readonly reason?: string | undefined;
  /** The same as a word for /metrics, where names are missing that there should be. */
  readonly absence?: Reason | undefined;
  /** Ends every connection and timer. Names known stay known. */
  close(): void;
}
