import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The machine's block devices, as SYSFS_PATH/block shows them. */
export interface BlockDevices {
  /**
   * The names of all disks, in alphabetical order: sda, nvme0n1, dm-0, loop0; no partitions.
   * @throws NodeJS.ErrnoException where SYSFS_PATH/block cannot be listed.
   */
  disks(): readonly string[];
  /** The name of a disk or partition by its number, 8:0; undefined for one that is not there. */
  name(number: string): string | undefined;
}

const secondsBetweenLooks = 1;

/**
 * Numbers come from block/DEV/dev and block/DEV/PARTITION/dev, and are kept. They are looked for again
 * when the disks have changed, and, at most once a second, when a number is not known.
 * https://docs.kernel.org/admin-guide/devices.html
 * @param now monotonic seconds
 */
export function openBlockDevices(
  sysfs: string,
  now: () => number = () => performance.now() / 1000,
): BlockDevices {
  const root = join(sysfs, 'block');
  let listed: readonly string[] = [];
  let names = new Map<string, string>();
  let looked = -Infinity;

  function disks(): readonly string[] {
    const found = readdirSync(root).toSorted();
    // A number may be given to another device: what is known of them is out of date.
    if (found.join('/') !== listed.join('/')) looked = -Infinity;
    listed = found;
    return found;
  }

  function look(): void {
    looked = now();
    names = new Map();
    for (const disk of entriesOf(root)) {
      const folder = join(root, disk);
      // The kernel names a partition after its disk; nothing else there has such a name.
      const partitions = entriesOf(folder).filter((entry) => entry.startsWith(disk));
      add(folder, disk);
      for (const partition of partitions) add(join(folder, partition), partition);
    }
  }

  function add(folder: string, name: string): void {
    try {
      names.set(readFileSync(join(folder, 'dev'), 'latin1').trim(), name);
    } catch {
      // It went away since it was listed.
    }
  }

  return {
    disks,
    name: (number) => {
      const known = looked > -Infinity && names.has(number);
      if (!known && now() - looked >= secondsBetweenLooks) look();
      return names.get(number);
    },
  };
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
