import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { inPod } from '../../exporter/serve/kubernetes/serviceAccount.ts';

/** The names under which other pods call the recorder's Service; none outside of a pod. */
export async function ownServiceNames(): Promise<readonly string[]> {
  if (!inPod()) return [];
  const resolver = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  return serviceNames(hostname(), resolver);
}

/**
 * The pod of a StatefulSet is called after it, and the Service after the StatefulSet, as in k8s/. Only
 * whole names that the cluster's own DNS resolves: no suffix that somebody else could choose.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 * @param pod kubemon-recorder-0
 * @param resolver of resolv.conf: "search kubemon.svc.cluster.local svc.cluster.local cluster.local"
 */
export function serviceNames(pod: string, resolver: string): readonly string[] {
  const [, service] = /^(.+)-\d+$/.exec(pod) ?? [];
  if (service === undefined) return [];
  const [, search] = /^search\s+([-\w]+\.svc\.\S+)/m.exec(resolver) ?? [];
  if (search === undefined) return [service];
  const [namespace = ''] = search.split('.');
  return [service, `${service}.${namespace}`, `${service}.${namespace}.svc`, `${service}.${search}`];
}
