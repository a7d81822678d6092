import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { inPod, podNamespace } from '../../exporter/serve/kubernetes/serviceAccount.ts';

/** The names under which other pods call the recorder's Service; none outside of a pod. */
export async function ownServiceNames(): Promise<readonly string[]> {
  if (!inPod()) return [];
  const [namespace, resolver] = await Promise.all([
    podNamespace().catch(() => undefined),
    readFile('/etc/resolv.conf', 'utf8').catch(() => ''),
  ]);
  return serviceNames(hostname(), namespace, resolver);
}

/**
 * The pod of a StatefulSet is called after it, and the Service after the StatefulSet, as in k8s/. Only
 * whole names that the cluster's own DNS resolves: no suffix that somebody else could choose.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 * @param pod kubemon-recorder-0
 * @param namespace kubemon; undefined where no ServiceAccount is mounted: then the resolver may tell it
 * @param resolver of resolv.conf: "search kubemon.svc.cluster.local svc.cluster.local cluster.local"
 */
export function serviceNames(
  pod: string,
  namespace: string | undefined,
  resolver: string,
): readonly string[] {
  const [, service] = /^(.+)-\d+$/.exec(pod) ?? [];
  if (service === undefined) return [];
  const [, searched, domain] = /^search\s+([-\w]+)\.svc\.(\S+)/m.exec(resolver) ?? [];
  const home = namespace ?? searched;
  if (home === undefined) return [service];
  const names = [service, `${service}.${home}`, `${service}.${home}.svc`];
  return domain === undefined ? names : [...names, `${service}.${home}.svc.${domain}`];
}
