import { kubectl } from './kubectl.ts';

/** What the account of a recorder may, where runs are objects. */
export const recorderRights: readonly string[] = [
  'daemonsets.apps [kubemon-exporter] [get]',
  'endpoints [] [list watch]',
  'endpointslices.discovery.k8s.io [] [list watch]',
  'leases.coordination.k8s.io [kubemon-recording] [list watch update]',
  'recordings.kubemon.io [] [list watch create]',
  'recordings.kubemon.io/status [] [patch]',
];

/** `kubectl auth can-i --list`, without what every account of a cluster may: ask for its own rights, and for versions. */
export async function rightsOf(account: string, namespace: string): Promise<readonly string[]> {
  const list = await kubectl('auth', 'can-i', '--list', '-n', namespace, '--as', account);
  return list
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, resource, urls, names, verbs] =
        /^(\S*)\s+\[(.*?)\]\s+\[(.*?)\]\s+\[(.*?)\]$/.exec(line.trim()) ?? [];
      if (resource === undefined || resource === '' || urls !== '') return [];
      return /^self.*(reviews|podcertificate)/.test(resource) ? [] : [`${resource} [${names}] [${verbs}]`];
    })
    .toSorted();
}
