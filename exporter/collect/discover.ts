import { containerLabels, containerTable } from '../metrics/container.ts';
import { labels, type Labels } from '../snapshot.ts';
import type { CgroupTree, ContainerCgroup } from '../source/cgroup.ts';
import type { ContainerName, ContainerNames } from '../source/names.ts';
import type { Process, Processes } from '../source/processes.ts';
import type { Absences } from './absences.ts';

/** A container that is to be shown, with its living processes. */
export interface Container {
  readonly cgroup: ContainerCgroup;
  readonly name: ContainerName | undefined;
  readonly labels: Labels;
  /** Those that we may see: with hidepid or another pid namespace there may be none. */
  readonly members: readonly Process[];
  /** The member that started first. */
  readonly oldest: Process | undefined;
}

export interface DiscoverySources {
  readonly tree: CgroupTree;
  readonly processes: Processes;
  readonly names: ContainerNames;
  /** Kubernetes namespaces to show; empty = all. */
  readonly namespaces: readonly string[];
  /** Monotonic, in seconds. */
  readonly monotonic: () => number;
}

/** For so long a new container is held back until its name is known, in seconds. */
const patience = 2;

/** Finds the containers to show. They keep their label text from pass to pass. */
export function createDiscovery(sources: DiscoverySources): (absences: Absences) => readonly Container[] {
  const { tree, processes, names, namespaces, monotonic } = sources;
  let known = new Map<string, { readonly since: number; labels: Labels }>();

  function isShown(name: ContainerName | undefined, since: number, absences: Absences): boolean {
    if (name === undefined && (names.available || names.pending) && monotonic() - since < patience)
      return false;
    if (namespaces.length === 0) return true;
    if (name !== undefined && name.namespace !== '') return namespaces.includes(name.namespace);
    absences.metric(containerTable, 'info', 'namespace_unknown');
    return false;
  }

  return (absences) => {
    const before = known;
    known = new Map();
    processes.begin();
    const shown: Container[] = [];
    for (const cgroup of tree.containers()) {
      const members = cgroup.pids.flatMap((pid) => processes.read(pid) ?? []);
      const name = names.lookup(cgroup.id);
      if (isSandbox(cgroup, name, members)) continue;
      const identity = identityOf(cgroup, name);
      const last = before.get(cgroup.path);
      const entry = {
        since: last?.since ?? monotonic(),
        labels: last && same(last.labels.values, identity) ? last.labels : labels(containerLabels, identity),
      };
      known.set(cgroup.path, entry);
      if (!isShown(name, entry.since, absences)) continue;
      shown.push({ cgroup, name, labels: entry.labels, members, oldest: oldestOf(members) });
    }
    return shown;
  };
}

function oldestOf(members: readonly Process[]): Process | undefined {
  let oldest: Process | undefined;
  for (const member of members) {
    if (oldest === undefined || startOf(member) < startOf(oldest)) oldest = member;
  }
  return oldest;
}

function startOf({ fields }: Process): number {
  return Number(fields['starttime'] ?? Infinity);
}

// Where no API tells, a pod's sandbox is known by its only process.
function isSandbox(
  { podUid }: ContainerCgroup,
  name: ContainerName | undefined,
  members: readonly Process[],
): boolean {
  if (name !== undefined) return name.sandbox;
  return podUid !== '' && members.length === 1 && members[0]?.comm === 'pause';
}

function identityOf({ id }: ContainerCgroup, name: ContainerName | undefined): readonly string[] {
  return [name?.namespace ?? '', name?.pod ?? '', name?.container ?? '', id.slice(0, 12)];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
