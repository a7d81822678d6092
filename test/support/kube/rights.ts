import { kubectl } from './kubectl.ts';

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
