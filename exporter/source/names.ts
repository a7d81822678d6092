/** What a container runtime or Kubernetes calls a container. "" where it has no such name. */
export interface ContainerName {
  /** Kubernetes namespace; "" outside Kubernetes. */
  readonly namespace: string;
  /** Kubernetes pod; "" outside Kubernetes. */
  readonly pod: string;
  /** The container's name in its pod, or that which the runtime gives it. */
  readonly container: string;
  readonly image: string;
  /** docker, containerd, cri-o, ... */
  readonly runtime: string;
  /** A pause container, which only holds a pod's namespaces. */
  readonly sandbox: boolean;
}

/** A cache of names, filled in the background: a lookup never waits. */
export interface ContainerNames {
  /** The name of a container by its full id (64 hex digits), while it lives and a minute longer. */
  lookup(id: string): ContainerName | undefined;
  /** Whether names are kept up to date now. */
  readonly available: boolean;
  /** Whether the first attempt to get names is still on its way: they are not available yet. */
  readonly pending: boolean;
  /** Why names are not available, as a sentence; undefined while they are. */
  readonly reason?: string | undefined;
  /** Ends every connection and timer. Names known stay known. */
  close(): void;
}
