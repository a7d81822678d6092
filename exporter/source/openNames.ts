import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../serve/errno.ts';
import type { KubernetesApi } from '../serve/kubernetes/api.ts';
import { kubeConfigApi } from '../serve/kubernetes/kubeConfig.ts';
import { inPod, serviceAccountApi } from '../serve/kubernetes/serviceAccount.ts';
import type { Log } from '../serve/log.ts';
import { defaultDockerHost, type DockerHost } from './dockerHost.ts';
import type { ContainerNames } from './names.ts';
import { watchPods } from './pods.ts';
import { podsElseDocker } from './podsElseDocker.ts';

export interface NameSettings {
  /** FROM_K8S; where it is not given, it is true in a pod. */
  readonly fromK8s: boolean | undefined;
  readonly nodeName: string;
  readonly dockerHost: DockerHost;
  readonly log: Log;
}

/**
 * Asks whoever can name this machine's containers: Docker, or with FROM_K8S the pods of the node, and Docker
 * beside them where there is one.
 * @param podApi the API as the ServiceAccount of this pod sees it
 * @throws SettingError where FROM_K8S is set and nothing says where the API is.
 */
export async function openNames(settings: NameSettings, podApi = serviceAccountApi): Promise<ContainerNames> {
  const { fromK8s = inPod(), dockerHost, log } = settings;
  if (!fromK8s) return openDocker(dockerHost, log);
  const pods = await openPods(settings, podApi);
  return isThere(dockerHost) ? podsElseDocker(pods, await openDocker(dockerHost, log)) : pods;
}

/** How long names are waited for at the start, in milliseconds. */
const patience = 2000;

/** Resolves when the first attempt to get names has ended, or is taking too long. */
export async function waitForNames(names: ContainerNames): Promise<void> {
  for (const end = Date.now() + patience; names.pending && Date.now() < end;) await sleep(20);
}

/** The library is loaded only where there is Docker: it costs 27 MB of memory. */
async function openDocker(host: DockerHost, log: Log): Promise<ContainerNames> {
  const { watchDocker } = await import('./docker.ts');
  return watchDocker({ host, log });
}

async function openPods(
  { nodeName, log }: NameSettings,
  podApi: () => Promise<KubernetesApi>,
): Promise<ContainerNames> {
  if (!inPod()) return watchPods({ api: await kubeConfigApi(), nodeName, log });
  let api: KubernetesApi;
  try {
    api = await podApi();
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EACCES')) throw error;
    return withoutToken(log);
  }
  return watchPods({ api, nodeName, log });
}

/** Where Docker is to be asked on a node of Kubernetes: most have none. */
function isThere(host: DockerHost): boolean {
  return host.url !== defaultDockerHost || existsSync(defaultDockerHost.replace('unix://', ''));
}

function withoutToken(log: Log): ContainerNames {
  const reason =
    'FROM_K8S is true, but no token of a ServiceAccount is mounted in this pod: containers are shown without names. Mount one (automountServiceAccountToken), or set FROM_K8S to false.';
  log.warn(reason);
  return {
    lookup: () => undefined,
    mayName: () => false,
    available: false,
    pending: false,
    reason,
    absence: 'no_service_account',
    close: () => undefined,
  };
}
