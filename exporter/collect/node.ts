import { existsSync } from 'node:fs';
import { fieldsOf } from '../metrics/index.ts';
import { nodeDiskTable, type NodeFile, nodeInfo, nodeNetworkTable, nodeTable } from '../metrics/node.ts';
import { parseBlockStat } from '../parse/blockStat.ts';
import { createKeyedParser } from '../parse/keyed.ts';
import { parseLoadavg } from '../parse/loadavg.ts';
import { parseNetDev } from '../parse/netDev.ts';
import { parsePressure } from '../parse/pressure.ts';
import { parseProcStat } from '../parse/procStat.ts';
import type { Bytes, Reading } from '../parse/reading.ts';
import { type Collected, labels, type Labels, labelsOf, type Row } from '../snapshot.ts';
import type { BlockDevices } from '../source/blockDevices.ts';
import type { CgroupTree } from '../source/cgroup.ts';
import type { KernelFiles } from '../source/files.ts';
import { type HeldReading, holdReading, readAgain, Vanished } from '../source/heldReading.ts';
import type { Machine } from '../source/machine.ts';
import type { SyscallCounter } from '../source/syscalls.ts';
import { type Reason, reasonOf } from '../source/unavailable.ts';
import type { Absences } from './absences.ts';

export interface NodeSources {
  readonly files: KernelFiles;
  readonly machine: Machine;
  readonly tree: CgroupTree;
  readonly devices: BlockDevices;
  readonly syscalls: SyscallCounter | { readonly unavailable: Reason };
  readonly procfs: string;
  readonly sysfs: string;
  readonly diskExclude: RegExp | undefined;
  readonly networkExclude: RegExp | undefined;
}

const syscallFile = 'raw_syscalls:sys_enter';
type ProcFile = Exclude<NodeFile, typeof syscallFile>;

const parsers: Readonly<Record<ProcFile, (text: Bytes) => Reading>> = {
  '/proc/stat': parseProcStat,
  '/proc/vmstat': createKeyedParser(fieldsOf(nodeTable, '/proc/vmstat', 'v2')),
  '/proc/meminfo': createKeyedParser(fieldsOf(nodeTable, '/proc/meminfo', 'v2')),
  '/proc/loadavg': parseLoadavg,
  '/proc/pressure/cpu': parsePressure,
  '/proc/pressure/memory': parsePressure,
  '/proc/pressure/io': parsePressure,
};

const noLabels = labels([], []);

/** Collects the machine as a whole, its disks and its network interfaces. */
export function createNodeCollector(sources: NodeSources): (absences: Absences) => Collected {
  const { files, procfs, sysfs, machine } = sources;
  const machineFiles = Object.entries(parsers).map(([file, parse]) => {
    const path = file.replace('/proc', procfs);
    return [file, holdReading(files.hold(path), parse, () => 'not_supported_by_kernel')] as const;
  });
  const network = holdReading(files.hold(`${procfs}/1/net/dev`), parseNetDev, () =>
    // There always is a process 1, but procfs may be mounted with hidepid.
    existsSync(`${procfs}/1`) ? 'not_supported_by_kernel' : 'permission_denied',
  );
  const disks = new Map<string, { readonly labels: Labels; readonly stat: HeldReading<Reading> }>();
  let interfaceLabels = new Map<string, Labels>();
  const info = describe(machine, sources.tree.version);

  function readNode(absences: Absences): Row {
    const readings: Record<string, Reading> = {};
    for (const [file, held] of machineFiles) {
      const reading = readAgain(held);
      if (typeof reading === 'string') absences.file(nodeTable, file, reading);
      else readings[file] = reading;
    }
    readSyscalls(readings, absences);
    return { labels: noLabels, readings };
  }

  function readSyscalls(readings: Record<string, Reading>, absences: Absences): void {
    const reading = syscallReading();
    if (typeof reading === 'string') absences.file(nodeTable, syscallFile, reading);
    else readings[syscallFile] = reading;
  }

  function syscallReading(): Reading | Reason {
    const { syscalls } = sources;
    if ('unavailable' in syscalls) return syscalls.unavailable;
    try {
      const reading = syscalls.read();
      return reading['hits'] === undefined ? 'counts_dropped' : reading;
    } catch (error) {
      return failure(error);
    }
  }

  function readDisks(absences: Absences): readonly Row[] {
    const names = listDisks(absences).filter((name) => !sources.diskExclude?.test(name));
    for (const [name, { stat }] of disks) {
      if (names.includes(name)) continue;
      stat.close();
      disks.delete(name);
    }
    return names.flatMap((name) => readDisk(name, absences) ?? []);
  }

  function listDisks(absences: Absences): readonly string[] {
    try {
      return sources.devices.disks();
    } catch (error) {
      absences.table(nodeDiskTable, failure(error));
      return [];
    }
  }

  function readDisk(name: string, absences: Absences): Row | undefined {
    const folder = `${sysfs}/block/${name}`;
    const disk = disks.get(name) ?? {
      labels: labels(nodeDiskTable.labels, [name]),
      stat: holdReading(files.hold(`${folder}/stat`), parseBlockStat, () =>
        existsSync(folder) ? 'not_supported_by_kernel' : 'vanished',
      ),
    };
    disks.set(name, disk);
    try {
      const reading = readAgain(disk.stat);
      if (typeof reading !== 'string')
        return { labels: disk.labels, readings: { '/sys/block/DEV/stat': reading } };
      absences.file(nodeDiskTable, '/sys/block/DEV/stat', reading);
    } catch (error) {
      if (!(error instanceof Vanished)) throw error;
      disk.stat.close();
      disks.delete(name);
    }
    return undefined;
  }

  function readInterfaces(absences: Absences): readonly Row[] {
    const interfaces = readAgain(network);
    if (typeof interfaces === 'string') {
      absences.file(nodeNetworkTable, '/proc/1/net/dev', interfaces);
      return [];
    }
    const before = interfaceLabels;
    // Made anew, so that of an interface that is gone nothing stays.
    interfaceLabels = new Map();
    return interfaces
      .filter(({ interface: name }) => !sources.networkExclude?.test(name))
      .map(({ interface: name, fields }) => {
        const own = before.get(name) ?? labels(nodeNetworkTable.labels, [name]);
        interfaceLabels.set(name, own);
        return { labels: own, readings: { '/proc/1/net/dev': fields } };
      });
  }

  return (absences) => ({
    tables: [
      { table: nodeTable, rows: [readNode(absences)] },
      { table: nodeDiskTable, rows: readDisks(absences) },
      { table: nodeNetworkTable, rows: readInterfaces(absences) },
    ],
    infos: [{ scope: 'node', info: nodeInfo, rows: [{ identity: noLabels, description: info }] }],
  });
}

/** Why a read failed of what cannot vanish. */
function failure(error: unknown): Reason {
  const reason = reasonOf(error);
  return reason === 'vanished' ? 'read_error' : reason;
}

function describe(machine: Machine, cgroupVersion: number | undefined): Labels {
  return labelsOf(nodeInfo.labels, {
    hostname: machine.hostname,
    kernel: machine.kernel,
    boot_id: machine.bootId,
    machine: machine.architecture,
    cgroup_version: cgroupVersion === undefined ? '' : String(cgroupVersion),
    page_size: String(machine.pageSize),
    clock_ticks: String(machine.clockTicks),
  });
}
