import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseCgroupProcs } from '../parse/cgroupProcs.ts';
import { type ContainerPath, parseContainerPath } from './containerPath.ts';
import type { KernelFiles } from './files.ts';
import { errorCode, isErrno } from '../serve/errno.ts';
import { type Reason, reasonOf } from './unavailable.ts';

/** A container as the cgroup tree shows it. */
export interface ContainerCgroup extends ContainerPath {
  /** Below the root of every hierarchy: /docker/<id>. */
  readonly path: string;
  /** Of the cgroup and all below it, without those of containers nested in it. */
  readonly pids: readonly number[];
  /** Why some or all of its members could not be listed; absent: the list is whole. */
  readonly refusal?: Reason;
}

export interface CgroupTree {
  readonly version: 1 | 2;
  /**
   * Every container that has a process, or that does not let its processes be listed.
   * @param refused is told why folders could not be listed in which there may be containers.
   * @throws NodeJS.ErrnoException where the root of the tree cannot be listed.
   */
  containers(refused?: (reason: Reason) => void): readonly ContainerCgroup[];
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
      containers: (refused) => findContainers(root, files, refused),
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
    containers: (refused) => findContainers(walked, files, refused),
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
  refusal?: Reason;
}

/**
 * Every container and every process counts where it is met first: a process may move to another cgroup
 * meanwhile, and systemd in a container may make a cgroup of the container's whole path once more below it.
 */
function findContainers(
  root: string,
  files: KernelFiles,
  refused: (reason: Reason) => void = () => {},
): readonly ContainerCgroup[] {
  const found = new Map<string, FoundContainer>();
  const met = new Set<number>();

  function visit(path: string, names: readonly string[], outer: FoundContainer | undefined): void {
    for (const name of names) {
      const child = `${path}/${name}`;
      const container = containerAt(child, outer);
      if (container) {
        const listed = readMembers(`${root}${child}`, files);
        if (typeof listed === 'string') container.refusal = listed;
        else addTo(container, listed);
      }
      visit(child, foldersIn(child, container), container);
    }
  }

  function addTo({ pids }: FoundContainer, listed: readonly number[]): void {
    for (const pid of listed) {
      if (!met.has(pid)) pids.push(pid);
      met.add(pid);
    }
  }

  function foldersIn(path: string, outer: FoundContainer | undefined): readonly string[] {
    const names = subfolders(root + path);
    if (typeof names !== 'string') return names;
    if (outer === undefined) refused(names);
    else outer.refusal = names;
    return [];
  }

  function containerAt(path: string, outer: FoundContainer | undefined): FoundContainer | undefined {
    const container = parseContainerPath(path);
    if (container === undefined || container.id === outer?.id) return outer;
    const known = found.get(container.id);
    // One without a process is a cgroup that was left over.
    if (known && isAlive(known)) return known;
    const fresh = { ...container, path, pids: [] };
    found.set(container.id, fresh);
    return fresh;
  }

  visit('', foldersOf(root), undefined);
  return [...found.values()].filter(isAlive);
}

function isAlive({ pids, refusal }: FoundContainer): boolean {
  return pids.length > 0 || refusal !== undefined;
}

// A folder has a link of each folder in it, besides the two that are its own: to ask for their number takes a
// tenth of listing the dozens of files of a cgroup. A file system that does not count them says 1.
function foldersOf(path: string): readonly string[] {
  if (statSync(path).nlink === 2) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function subfolders(path: string): readonly string[] | Reason {
  try {
    return foldersOf(path);
  } catch (error) {
    // Removed since its parent was listed; deeper than a path can say (PATH_MAX), which a container that makes
    // its own cgroups can do, and which must not hide the others; or refused.
    return isErrno(error, 'ENOENT', 'ENAMETOOLONG') ? [] : whyNot(error, path, []);
  }
}

// A threaded cgroup refuses to list processes (EOPNOTSUPP, which Node.js calls ENOTSUP): the cgroup above it
// lists them.
function readMembers(folder: string, files: KernelFiles): readonly number[] | Reason {
  try {
    return parseCgroupProcs(files.read(`${folder}/cgroup.procs`));
  } catch (error) {
    return isErrno(error, 'ENOENT', 'ENOTSUP', 'ENAMETOOLONG') ? [] : whyNot(error, folder, []);
  }
}

/** What is gone has nothing; but a cgroup that still is there has refused. */
function whyNot<T>(error: unknown, folder: string, nothing: T): T | Reason {
  const reason = reasonOf(error);
  if (reason !== 'vanished') return reason;
  return existsSync(folder) ? 'read_error' : nothing;
}
