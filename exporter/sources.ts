import { performance } from 'node:perf_hooks';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createWallClock } from './serve/clock.ts';
import type { Log } from './serve/log.ts';
import { SettingError } from './serve/settings.ts';
import type { MachineSettings } from './settings.ts';
import { type BlockDevices, openBlockDevices } from './source/blockDevices.ts';
import { type CgroupTree, openCgroupTree } from './source/cgroup.ts';
import { KernelFiles } from './source/files.ts';
import { type Machine, readMachine } from './source/machine.ts';
import type { ContainerNames } from './source/names.ts';
import { openNames } from './source/openNames.ts';
import { Networks } from './source/networks.ts';
import { openFilesLimit } from './source/openFiles.ts';
import { Processes } from './source/processes.ts';
import { countSyscalls, type SyscallCounter } from './source/syscalls.ts';
import type { Reason } from './source/unavailable.ts';

/** Everything that a collection reads from. */
export interface Sources {
  readonly files: KernelFiles;
  readonly machine: Machine;
  readonly tree: CgroupTree;
  readonly processes: Processes;
  readonly networks: Networks;
  readonly devices: BlockDevices;
  readonly syscalls: SyscallCounter | { readonly unavailable: Reason };
  readonly names: ContainerNames;
  readonly procfs: string;
  readonly sysfs: string;
  readonly namespaces: readonly string[];
  readonly diskExclude: RegExp;
  readonly networkExclude: RegExp;
  /** Wall clock, in seconds since the epoch. */
  readonly clock: () => number;
  /** In seconds. */
  readonly monotonic: () => number;
  readonly log: Log;
  close(): void;
}

/** Of the descriptors that the process may have, so many are for Node.js itself, … */
const needed = 48;
/** … and this share of the rest is held; what is left is for connections. */
const heldShare = 0.75;

/**
 * Opens what a machine is read from; nothing but names comes from elsewhere than its file systems.
 * It waits for no network.
 * @throws SettingError, and an Error for the person who set CGROUP_PATH.
 */
export async function openSources(settings: MachineSettings, log: Log): Promise<Sources> {
  const { procfsPath: procfs, sysfsPath: sysfs } = settings;
  if (!existsSync(join(procfs, 'stat'))) {
    throw new SettingError(
      `PROCFS_PATH (--procfs-path) is "${procfs}", but it must be where procfs is mounted: there is no ${procfs}/stat.`,
    );
  }
  const machine = readMachine(procfs, settings.nodeName);
  const files = new KernelFiles((openFilesLimit() - needed) * heldShare);
  const tree = openCgroupTree(settings.cgroupPath ?? join(sysfs, 'fs/cgroup'), files);
  const names = await openNames({ ...settings, nodeName: machine.hostname, log });
  const syscalls = settings.collectSyscalls
    ? countSyscalls(sysfs, files)
    : { unavailable: 'disabled' as const };
  return {
    files,
    machine,
    tree,
    processes: new Processes(files, procfs),
    networks: new Networks(files, procfs),
    devices: openBlockDevices(sysfs),
    syscalls,
    names,
    procfs,
    sysfs,
    namespaces: settings.namespaces,
    diskExclude: settings.diskExclude,
    networkExclude: settings.networkExclude,
    clock: createWallClock(),
    monotonic: () => performance.now() / 1000,
    log,
    close: () => {
      names.close();
      if ('close' in syscalls) syscalls.close();
    },
  };
}
