import {
  containerDiskTable,
  containerLabels,
  containerNetworkTable,
  containerTable,
} from '../metrics/container.ts';
import { processTable } from '../metrics/process.ts';
import { labels, type Labels } from '../snapshot.ts';
import type { CgroupTree, ContainerCgroup } from '../source/cgroup.ts';
import type { ContainerName, ContainerNames } from '../source/names.ts';
import type { Process, Processes } from '../source/processes.ts';
import type { Reason } from '../source/unavailable.ts';
import type { Absences } from './absences.ts';

/** A container that is to be shown, with its living processes. */
export interface Container {
  readonly cgroup: ContainerCgroup;
  readonly name: ContainerName | undefined;
  readonly labels: Labels;
  /** Those that we may read: with hidepid there may be none. */
  readonly members: readonly Process[];
  /** The member that started first. */
  readonly oldest: Process | undefined;
  /** Whether all members could be read: else there may be an older one. */
  readonly complete: boolean;
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
  /** What the first pass finds is not new: it was there before the exporter. */
  let isFirst = true;

  function isShown(
    { podUid }: ContainerCgroup,
    name: ContainerName | undefined,
    since: number,
    absences: Absences,
  ): boolean {
    if (!isNamed(name) && names.mayName(podUid) && monotonic() - since < patience) return false;
    if (namespaces.length === 0) return true;
    if (name !== undefined && name.namespace !== '') return namespaces.includes(name.namespace);
    absences.metric(containerTable, 'info', 'namespace_unknown');
    return false;
  }

  function readMembers(cgroup: ContainerCgroup): { members: readonly Process[]; refusal?: Reason } {
    const members: Process[] = [];
    let { refusal } = cgroup;
    for (const pid of cgroup.pids) {
      const process = processes.read(pid);
      if (typeof process === 'string') refusal = process;
      else if (process !== undefined) members.push(process);
    }
    return refusal === undefined ? { members } : { members, refusal };
  }

  return (absences) => {
    const before = known;
    known = new Map();
    processes.begin();
    if (names.absence !== undefined) absences.metric(containerTable, 'info', names.absence);
    const shown: Container[] = [];
    const refused = (reason: Reason) => {
      for (const table of [containerTable, containerDiskTable, containerNetworkTable, processTable])
        absences.table(table, reason);
    };
    for (const cgroup of tree.containers(refused)) {
      const { members, refusal } = readMembers(cgroup);
      // All its processes have ended since they were listed: so has the container.
      if (members.length === 0 && refusal === undefined) continue;
      const name = names.lookup(cgroup.id, cgroup.podUid);
      if (isSandbox(cgroup, name, members)) continue;
      const identity = identityOf(cgroup, name);
      const last = before.get(cgroup.path);
      const entry = {
        since: last?.since ?? (isFirst ? -Infinity : monotonic()),
        labels: last && same(last.labels.values, identity) ? last.labels : labels(containerLabels, identity),
      };
      known.set(cgroup.path, entry);
      if (!isShown(cgroup, name, entry.since, absences)) continue;
      const oldest = oldestOf(members);
      if (refusal !== undefined) explain(refusal, oldest, absences);
      shown.push({
        cgroup,
        name,
        labels: entry.labels,
        members,
        oldest,
        complete: refusal === undefined,
      });
    }
    isFirst = false;
    return shown;
  };
}

/** What is read of processes is missing, and what is read of a container through its oldest one. */
function explain(refusal: Reason, oldest: Process | undefined, absences: Absences): void {
  absences.table(processTable, refusal);
  absences.metric(containerTable, 'start_time_seconds', refusal);
  if (oldest === undefined) absences.table(containerNetworkTable, refusal);
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

/** A name may be of the pod alone. */
function isNamed(name: ContainerName | undefined): name is ContainerName {
  return name !== undefined && name.container !== '';
}

// Kubernetes names a pod's containers, but not its sandbox: that is known by its only process.
function isSandbox(
  { podUid }: ContainerCgroup,
  name: ContainerName | undefined,
  members: readonly Process[],
): boolean {
  if (isNamed(name)) return name.sandbox;
  return podUid !== '' && members.length === 1 && members[0]?.comm === 'pause';
}

function identityOf({ id }: ContainerCgroup, name: ContainerName | undefined): readonly string[] {
  return [name?.namespace ?? '', name?.pod ?? '', name?.container ?? '', id.slice(0, 12)];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
