import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * The kernel files that a kubemon exporter reads for a scrape: those that it holds open, as its /proc/PID/fd
 * tells; the same of the containers and processes for which it may hold no more; and what it opens each time:
 * every container's cgroup.procs, and one net/dev a network namespace.
 * @throws when it holds no file of a container.
 */
export function kernelFilesOf(exporter: number): readonly string[] {
  const held = heldBy(exporter);
  const ofContainers = held.filter((path) => isContainer(dirname(path)));
  const parents = new Set(ofContainers.map((path) => dirname(dirname(path))));
  const found = [...parents].map((parent) => {
    const inThis = ofContainers.filter((path) => dirname(dirname(path)) === parent);
    return containersBelow(parent, new Set(inThis.map((path) => basename(path))));
  });
  // On v1 a container has a folder in every hierarchy, of which one tells its members.
  const containers = new Map(found.flat().map((container) => [container.id, container]));
  if (containers.size === 0) {
    throw new Error(
      'The exporter holds no file of a container open: there is nothing to measure the floor by.',
    );
  }
  const members = [...containers.values()].map(({ pids }) => pids);
  return [
    ...new Set([
      ...held,
      ...found.flat().flatMap(({ files }) => files),
      ...[...containers.values()].map(({ list }) => list),
      ...networksOf(members.flatMap(([first]) => first ?? [])),
      ...members.flat().flatMap((pid) => ['stat', 'statm', 'io'].map((file) => `/proc/${pid}/${file}`)),
    ]),
  ];
}

function heldBy(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder)
    .flatMap((descriptor) => {
      try {
        return readlinkSync(`${folder}/${descriptor}`);
      } catch {
        return [];
      }
    })
    .filter((path) => /^\/(proc|sys)\//.test(path) && isFile(path));
}

/** Those with processes in them, with the files of these names that they have. */
function containersBelow(parent: string, names: ReadonlySet<string>) {
  return readdirSync(parent)
    .filter(isContainer)
    .flatMap((id) => {
      const list = `${parent}/${id}/cgroup.procs`;
      const pids = membersOf(list);
      const files = [...names].map((name) => `${parent}/${id}/${name}`).filter(isFile);
      return pids.length === 0 ? [] : [{ id, list, pids, files }];
    });
}

function membersOf(list: string): readonly string[] {
  try {
    return readFileSync(list, 'latin1').split('\n').filter(Boolean);
  } catch {
    // Removed since it was listed.
    return [];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isContainer(folder: string): boolean {
  return /[0-9a-f]{64}/.test(basename(folder));
}

/** One net/dev of each namespace but the host's, told apart as kubemon does: by its inode. */
function networksOf(pids: readonly string[]): readonly string[] {
  const inode = (pid: string) => statSync(`/proc/${pid}/net/dev`, { throwIfNoEntry: false })?.ino;
  const host = inode('1');
  const found = new Map(pids.map((pid) => [inode(pid), pid]));
  return [...found].flatMap(([number, pid]) =>
    number === undefined || number === host ? [] : [`/proc/${pid}/net/dev`],
  );
}
