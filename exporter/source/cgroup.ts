import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseCgroupProcs } from '../parse/cgroupProcs.ts';
import { type ContainerPath, parseContainerPath } from './containerPath.ts';
import type { KernelFiles } from './files.ts';
import { errorCode, isErrno } from '../serve/errno.ts';

/** A container as the cgroup tree shows it. */
export interface ContainerCgroup extends ContainerPath {
  /** Below the root of every hierarchy: /docker/<id>. */
  readonly path: string;
  /** Of the cgroup and all below it, without those of containers nested in it. */
  readonly pids: readonly number[];
}

export interface CgroupTree {
  readonly version: 1 | 2;
  /** Every container that has a process. */
  containers(): readonly ContainerCgroup[];
  /** Where a file of a cgroup is: undefined when its controller is not mounted. */
  locate(path: string, file: string): string | undefined;
}

/**
 * Opens the cgroup tree. CGROUP_PATH is the unified hierarchy (v2) where it has cgroup.controllers;
 * else (v1) it holds a folder a hierarchy, named after its controllers: `memory`, `cpu,cpuacct`.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html, …/cgroup-v1/cgroups.html
 * @throws CgroupTreeError when there is neither.
 */
export function openCgroupTree(root: string, files: KernelFiles): CgroupTree {
  const entries = list(root);
  if (entries.some((entry) => entry.name === 'cgroup.controllers')) {
    return {
      version: 2,
      containers: () => findContainers(root, files),
      locate: (path, file) => join(root, path, file),
    };
  }
  const hierarchies = new Map(
    entries.flatMap(({ name }) => name.split(',').map((controller) => [controller, join(root, name)])),
  );
  const walked = ['memory', 'cpuacct', 'cpu', 'pids', 'blkio'].flatMap(
    (name) => hierarchies.get(name) ?? [],
  )[0];
  if (walked === undefined) {
    throw new CgroupTreeError(
      `${root} is neither a cgroup v2 tree nor a folder of cgroup v1 hierarchies. Set CGROUP_PATH to where one is mounted.`,
    );
  }
  return {
    version: 1,
    containers: () => findContainers(walked, files),
    locate: (path, file) => {
      const hierarchy = hierarchies.get(file.slice(0, file.indexOf('.')));
      return hierarchy === undefined ? undefined : join(hierarchy, path, file);
    },
  };
}

/** There is no cgroup tree where the settings say: a sentence for the person who set them. */
class CgroupTreeError extends Error {
  override readonly name = 'CgroupTreeError';
}

function list(root: string): readonly Dirent[] {
  try {
    return readdirSync(root, { withFileTypes: true });
  } catch (error) {
    throw new CgroupTreeError(
      `The cgroup tree ${root} cannot be listed (${String(errorCode(error))}). Mount it there, or set CGROUP_PATH to where it is.`,
      { cause: error },
    );
  }
}

interface FoundContainer extends ContainerCgroup {
  readonly pids: number[];
}

/**
 * Every container and every process counts where it is met first: a process may move to another cgroup
 * meanwhile, and systemd in a container may make a cgroup of the container's whole path once more below it.
 */
function findContainers(root: string, files: KernelFiles): readonly ContainerCgroup[] {
  const found = new Map<string, FoundContainer>();
  const met = new Set<number>();

  function visit(path: string, outer: FoundContainer | undefined): void {
    for (const name of subfolders(root + path)) {
      const child = `${path}/${name}`;
      const container = containerAt(child, outer);
      if (container) {
        const pids = readMembers(`${root}${child}/cgroup.procs`, files).filter((pid) => !met.has(pid));
        container.pids.push(...pids);
        for (const pid of pids) met.add(pid);
      }
      visit(child, container);
    }
  }

  function containerAt(path: string, outer: FoundContainer | undefined): FoundContainer | undefined {
    const container = parseContainerPath(path);
    if (container === undefined || container.id === outer?.id) return outer;
    const known = found.get(container.id);
    // One without a process is a cgroup that was left over.
    if (known && known.pids.length > 0) return known;
    const fresh = { ...container, path, pids: [] };
    found.set(container.id, fresh);
    return fresh;
  }

  visit('', undefined);
  return [...found.values()].filter(({ pids }) => pids.length > 0);
}

function subfolders(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (error) {
    // Removed since its parent was listed.
    if (isErrno(error, 'ENOENT', 'ENODEV')) return [];
    throw error;
  }
}

// A threaded cgroup refuses to list processes (EOPNOTSUPP): the cgroup above it lists them.
function readMembers(path: string, files: KernelFiles): readonly number[] {
  try {
    return parseCgroupProcs(files.read(path));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENODEV', 'EOPNOTSUPP')) return [];
    throw error;
  }
}
