import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fieldsOf, filesOf } from '../metrics/index.ts';
import {
  containerDiskTable,
  type ContainerDiskFile,
  type ContainerFile,
  containerTable,
} from '../metrics/container.ts';
import { parseBlkio } from '../parse/blkio.ts';
import { parseCpuMax } from '../parse/cpuMax.ts';
import { parseIoStat } from '../parse/ioStat.ts';
import { createKeyedParser } from '../parse/keyed.ts';
import { parsePressure } from '../parse/pressure.ts';
import type { Bytes, Reading } from '../parse/reading.ts';
import { parseSingle } from '../parse/single.ts';
import type { CgroupTree } from '../source/cgroup.ts';
import type { KernelFiles } from '../source/files.ts';
import { type HeldReading, holdReading } from '../source/heldReading.ts';
import type { Reason } from '../source/unavailable.ts';

/** The files of one container's cgroup, held. */
export interface ContainerFiles {
  readonly readings: ReadonlyMap<ContainerFile, HeldReading<Reading>>;
  readonly disks: ReadonlyMap<ContainerDiskFile, HeldReading<ReadonlyMap<string, Reading>>>;
}

type Version = 'v1' | 'v2';

/** What `computed` values are derived from, besides the files of the table. */
const operands: Readonly<Record<Version, readonly ContainerFile[]>> = {
  v1: ['cpu.cfs_quota_us', 'cpu.cfs_period_us'],
  v2: ['cpu.max'],
};

/** Statistics come from the first of these that the kernel has. */
const candidates: Readonly<Record<ContainerDiskFile, readonly string[]>> = {
  'blkio.io_service_bytes': [
    'blkio.throttle.io_service_bytes_recursive',
    'blkio.throttle.io_service_bytes',
    'blkio.bfq.io_service_bytes',
  ],
  'blkio.io_serviced': [
    'blkio.throttle.io_serviced_recursive',
    'blkio.throttle.io_serviced',
    'blkio.bfq.io_serviced',
  ],
  'io.stat': ['io.stat'],
};

/** Prepares, for one cgroup tree, the opening of a container's files. */
export function createContainerOpener(
  tree: CgroupTree,
  files: KernelFiles,
): (path: string) => ContainerFiles {
  const version: Version = tree.version === 1 ? 'v1' : 'v2';
  const parsers = [...filesOf(containerTable, version), ...operands[version]]
    .filter((file) => file !== 'computed')
    .map((file) => [file, parserOf(file, version)] as const);

  return (path) => {
    const hold = <T extends object>(name: string, parse: (text: Bytes) => T): HeldReading<T> => {
      const found = tree.locate(path, name);
      if (found === undefined) return unmounted;
      return holdReading(files.hold(found), parse, () => whyMissing(found));
    };
    const disk = (file: ContainerDiskFile): HeldReading<ReadonlyMap<string, Reading>> => {
      const names = candidates[file];
      const name =
        names.find((candidate) => existsSync(tree.locate(path, candidate) ?? '')) ?? names[0] ?? file;
      return hold(name, file === 'io.stat' ? parseIoStat : parseBlkio);
    };
    return {
      readings: new Map(parsers.map(([file, parse]) => [file, hold(file, parse)])),
      disks: new Map(filesOf(containerDiskTable, version).map((file) => [file, disk(file)])),
    };
  };
}

const unmounted = { read: () => 'no_controller' as const, close: () => {} };

// On v2 cgroup.controllers names what is enabled for the cgroup, and io.stat is a file of controller io.
function whyMissing(file: string): Reason | 'vanished' {
  const folder = dirname(file);
  if (!existsSync(folder)) return 'vanished';
  try {
    const enabled = readFileSync(join(folder, 'cgroup.controllers'), 'latin1').trim().split(' ');
    const [controller = ''] = basename(file).split('.');
    return enabled.includes(controller) ? 'not_supported_by_kernel' : 'no_controller';
  } catch {
    return 'not_supported_by_kernel';
  }
}

function parserOf(file: ContainerFile, version: Version): (text: Bytes) => Reading {
  switch (file) {
    case 'cpu.stat':
    case 'cpuacct.stat':
    case 'memory.stat':
    case 'memory.events':
    case 'memory.oom_control':
      return createKeyedParser(fieldsOf(containerTable, file, version));
    case 'cpu.pressure':
    case 'memory.pressure':
    case 'io.pressure':
      return parsePressure;
    case 'cpu.max':
      return parseCpuMax;
    default:
      return parseSingle;
  }
}
