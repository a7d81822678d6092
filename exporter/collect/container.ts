import {
  containerDiskTable,
  type ContainerFile,
  containerInfo,
  containerNetworkTable,
  containerTable,
} from '../metrics/container.ts';
import type { Reading, Value } from '../parse/reading.ts';
import { type Collected, labels, type Labels, labelsOf, type Row } from '../snapshot.ts';
import type { BlockDevices } from '../source/blockDevices.ts';
import type { CgroupTree } from '../source/cgroup.ts';
import type { KernelFiles } from '../source/files.ts';
import { Vanished } from '../source/heldReading.ts';
import type { Machine } from '../source/machine.ts';
import type { Networks } from '../source/networks.ts';
import type { Reason } from '../source/unavailable.ts';
import type { Absences } from './absences.ts';
import { isBlkioCounting } from './blkioCounting.ts';
import { type ContainerFiles, createContainerOpener } from './containerFiles.ts';
import type { Container } from './discover.ts';
import { startTime } from './startTime.ts';

export interface ContainerSources {
  readonly tree: CgroupTree;
  readonly files: KernelFiles;
  readonly machine: Machine;
  readonly devices: BlockDevices;
  readonly networks: Networks;
  readonly diskExclude: RegExp | undefined;
  readonly networkExclude: RegExp | undefined;
}

interface HeldContainer extends ContainerFiles {
  /** With the label of the device or interface; valid for the identity that they were made of. */
  readonly partLabels: Map<string, Labels>;
  identity: Labels;
}

interface Rows {
  readonly own: Row;
  readonly disks: readonly Row[];
  readonly interfaces: readonly Row[];
  readonly info: Labels;
}

type Collector = (containers: readonly Container[], absences: Absences) => Collected;

/** Collects the containers of one cgroup tree, over held descriptors. */
export function createContainerCollector(sources: ContainerSources): Collector {
  const { tree, devices, networks } = sources;
  const open = createContainerOpener(tree, sources.files);
  const held = new Map<string, HeldContainer>();

  function release(path: string): void {
    const container = held.get(path);
    for (const file of [...(container?.readings.values() ?? []), ...(container?.disks.values() ?? [])])
      file.close();
    held.delete(path);
  }

  function hold(container: Container): HeldContainer {
    const known = held.get(container.cgroup.path);
    if (known?.identity === container.labels) return known;
    const opened = known ?? open(container.cgroup.path);
    const fresh = { ...opened, partLabels: new Map<string, Labels>(), identity: container.labels };
    held.set(container.cgroup.path, fresh);
    return fresh;
  }

  function read(container: Container, absences: Absences): Rows | undefined {
    try {
      const files = hold(container);
      return {
        own: readOwn(container, files, absences),
        disks: readDisks(container, files, absences),
        interfaces: readInterfaces(container, files, absences),
        info: infoOf(container, networks),
      };
    } catch (error) {
      release(container.cgroup.path);
      if (error instanceof Vanished) return undefined;
      throw error;
    }
  }

  function readOwn(container: Container, files: HeldContainer, absences: Absences): Row {
    const readings: Record<string, Reading> = {};
    for (const [file, reading] of files.readings) {
      const result = reading.read();
      if (typeof result === 'string') explain(file, result, absences);
      else readings[file] = result;
    }
    readings['computed'] = compute(
      readings,
      container.oldest && container.complete ? startTime(container.oldest, sources.machine) : undefined,
    );
    return { labels: container.labels, readings };
  }

  function readDisks(container: Container, files: HeldContainer, absences: Absences): readonly Row[] {
    const rows = new Map<string, Record<string, Reading>>();
    for (const [file, reading] of files.disks) {
      const result = reading.read();
      if (typeof result === 'string') {
        absences.file(containerDiskTable, file, result);
        continue;
      }
      for (const [number, fields] of result) {
        const readings = rows.get(number) ?? {};
        readings[file] = fields;
        rows.set(number, readings);
      }
    }
    return [...rows].flatMap(([number, readings]) => {
      const device = devices.name(number) ?? number;
      if (sources.diskExclude?.test(device)) return [];
      return [{ labels: part(files, container, containerDiskTable.labels, device), readings }];
    });
  }

  function readInterfaces(container: Container, files: HeldContainer, absences: Absences): readonly Row[] {
    const namespace = container.oldest && networks.namespaceOf(container.oldest);
    if (container.oldest === undefined || namespace === undefined) return [];
    const host = networks.host();
    if (host === undefined || namespace === host) {
      absences.table(containerNetworkTable, host === undefined ? 'permission_denied' : 'host_network');
      return [];
    }
    const interfaces = networks.interfaces(namespace, container.oldest.pid) ?? [];
    if (typeof interfaces === 'string') {
      absences.table(containerNetworkTable, interfaces);
      return [];
    }
    return interfaces
      .filter(({ interface: name }) => !sources.networkExclude?.test(name))
      .map(({ interface: name, fields: counters }) => ({
        labels: part(files, container, containerNetworkTable.labels, name),
        readings: { '/proc/PID/net/dev': counters },
      }));
  }

  return (containers, absences) => {
    const paths = new Set(containers.map(({ cgroup }) => cgroup.path));
    for (const path of held.keys()) if (!paths.has(path)) release(path);
    // A cgroup made anew under the path of a removed one is read at the second attempt.
    const rows = containers.flatMap(
      (container) => read(container, absences) ?? read(container, absences) ?? [],
    );
    const disks = rows.flatMap((row) => row.disks);
    if (disks.length === 0 && !isBlkioCounting(tree, sources.files)) {
      absences.table(containerDiskTable, 'blkio_not_counting');
    }
    return {
      tables: [
        { table: containerTable, rows: rows.map(({ own }) => own) },
        { table: containerDiskTable, rows: disks },
        { table: containerNetworkTable, rows: rows.flatMap(({ interfaces }) => interfaces) },
      ],
      infos: [
        {
          scope: 'container',
          info: containerInfo,
          rows: rows.map(({ own, info }) => ({ identity: own.labels, description: info })),
        },
      ],
    };
  };
}

function part(files: HeldContainer, container: Container, names: readonly string[], name: string): Labels {
  const key = `${names.at(-1) ?? ''} ${name}`;
  const known = files.partLabels.get(key) ?? labels(names, [...container.labels.values, name]);
  files.partLabels.set(key, known);
  return known;
}

function compute(readings: Readonly<Record<string, Reading>>, started: number | undefined): Reading {
  const quota = readings['cpu.max']?.['quota'] ?? readings['cpu.cfs_quota_us']?.['value'];
  const period = readings['cpu.max']?.['period'] ?? readings['cpu.cfs_period_us']?.['value'];
  const usage = readings['memory.current']?.['value'] ?? readings['memory.usage_in_bytes']?.['value'];
  const memory = readings['memory.stat'];
  const inactive = memory?.['total_inactive_file'] ?? memory?.['inactive_file'];
  return {
    cpu_limit: quota === undefined || period === undefined ? undefined : Number(quota) / Number(period),
    memory_working_set: workingSet(usage, inactive),
    start_time: started,
  };
}

/**
 * What is missing with a file, besides what it holds: what is computed of it. On v2 a cgroup without the
 * controller cpu has no cpu.max, and a cpu.stat without what concerns the limit.
 */
const missingWith: Readonly<Partial<Record<ContainerFile, readonly string[]>>> = {
  'cpu.max': [
    'cpu_limit_cores',
    'cpu_periods_total',
    'cpu_throttled_periods_total',
    'cpu_throttled_seconds_total',
    'cpu_bursts_total',
    'cpu_burst_seconds_total',
  ],
  'cpu.cfs_quota_us': ['cpu_limit_cores'],
  'cpu.cfs_period_us': ['cpu_limit_cores'],
  'memory.current': ['memory_working_set_bytes'],
  'memory.usage_in_bytes': ['memory_working_set_bytes'],
  'memory.stat': ['memory_working_set_bytes'],
};

function explain(file: ContainerFile, reason: Reason, absences: Absences): void {
  absences.file(containerTable, file, reason);
  for (const name of missingWith[file] ?? []) absences.metric(containerTable, name, reason);
}

function workingSet(usage: Value | undefined, inactive: Value | undefined): Value | undefined {
  if (usage === undefined || inactive === undefined) return undefined;
  return Math.max(0, Number(usage) - Number(inactive));
}

function infoOf({ cgroup, name, oldest }: Container, networks: Networks): Labels {
  const { image, runtime } = name ?? { image: '', runtime: '' };
  const values: Readonly<Record<string, string>> = {
    id: cgroup.id,
    image,
    runtime: runtime || cgroup.runtime,
    cgroup: cgroup.path,
    pod_uid: cgroup.podUid,
    network_namespace: oldest ? networks.numberOf(oldest) : '',
  };
  return labelsOf(containerInfo.labels, values);
}
