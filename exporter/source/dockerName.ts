import type { ContainerName } from './names.ts';

const kubernetesName =
  /^k8s_(?<container>[^_]+)_(?<pod>[^_]+)_(?<namespace>[^_]+)_[^_]+_\d+(?:_[0-9a-f]{8})?$/;

/**
 * What a Docker container's name says of it. dockershim and cri-dockerd write the pod into it:
 *
 *     k8s_<container>_<pod>_<namespace>_<uid>_<attempt>
 *     k8s_POD_<pod>_<namespace>_<uid>_<attempt>        the pod's sandbox
 *
 * with _<8 hex digits> behind it where the name was taken. No part can hold an underscore, by the
 * rules for Kubernetes names. Any other name is the container's own.
 */
export function parseDockerName(
  name: string,
): Pick<ContainerName, 'namespace' | 'pod' | 'container' | 'sandbox'> {
  const { namespace = '', pod = '', container = name } = kubernetesName.exec(name)?.groups ?? {};
  return { namespace, pod, container, sandbox: pod !== '' && container === 'POD' };
}
