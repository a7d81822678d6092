import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCollect } from '../../exporter/collect.ts';
import type { Snapshot } from '../../exporter/snapshot.ts';
import { copyMachine, openMachine } from './machine.ts';

let machine: string;
beforeEach(() => {
  machine = copyMachine('v1');
});
afterEach(() => {
  rmSync(machine, { recursive: true });
});

async function collect(): Promise<Snapshot> {
  const sources = await openMachine(machine);
  const snapshot = createCollect(sources)();
  sources.close();
  return snapshot;
}

function rowsOf({ tables }: Snapshot, name: string) {
  return tables.find(({ table }) => table.name === name)?.rows ?? [];
}

/** The label of each row of a table that is not of the container. */
function partsOf(snapshot: Snapshot, name: string): readonly string[] {
  return rowsOf(snapshot, name).map(({ labels }) => labels.values[4] ?? '');
}

function reasonsOf({ unavailable }: Snapshot, metric: string): readonly string[] {
  return unavailable.filter((entry) => entry.metric === metric).map(({ reason }) => reason);
}

/** Removes a file of every cgroup. */
function removeAll(file: string): void {
  const root = join(machine, 'sys/fs/cgroup');
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (basename(path) === file) rmSync(join(root, path));
  }
}

test('disks that cannot be listed cost the node nothing else', async () => {
  rmSync(join(machine, 'sys/block'), { recursive: true });
  const snapshot = await collect();
  expect(snapshot.collectors).toMatchObject([{ success: true }, { success: true }, { success: true }]);
  expect(rowsOf(snapshot, 'node')).toHaveLength(1);
  expect(rowsOf(snapshot, 'node_disk')).toEqual([]);
  expect(reasonsOf(snapshot, 'kubemon_node_disk_read_bytes_total')).toEqual(['not_supported_by_kernel']);
});

test('what is missing for some containers only is shown for the others, with the reason', async () => {
  const docker = join(machine, 'sys/fs/cgroup/memory/docker');
  const container = readdirSync(docker).find((name) => name.startsWith('4db7eb6ab1f1')) ?? '';
  for (const file of readdirSync(join(docker, container))) {
    if (file.startsWith('memory.')) rmSync(join(docker, container, file));
  }
  const snapshot = await collect();
  const rows = rowsOf(snapshot, 'container');
  const without = rows.filter(({ readings }) => readings['memory.stat'] === undefined);
  expect(without.map(({ labels }) => labels.values[3])).toEqual(['4db7eb6ab1f1']);
  expect(rows.length).toBeGreaterThan(1);
  for (const name of ['rss_bytes', 'usage_bytes', 'working_set_bytes', 'limit_bytes']) {
    expect(reasonsOf(snapshot, `kubemon_container_memory_${name}`)).toEqual(['not_supported_by_kernel']);
  }
});

test('a controller that is not mounted is the reason for what is computed of it, too', async () => {
  for (const folder of ['cpu', 'cpuacct', 'cpu,cpuacct']) {
    rmSync(join(machine, 'sys/fs/cgroup', folder), { recursive: true });
  }
  const snapshot = await collect();
  expect(reasonsOf(snapshot, 'kubemon_container_cpu_usage_seconds_total')).toEqual(['no_controller']);
  expect(reasonsOf(snapshot, 'kubemon_container_cpu_limit_cores')).toEqual(['no_controller']);
  expect(reasonsOf(snapshot, 'kubemon_container_memory_working_set_bytes')).toEqual([]);
});

describe('block I/O of a kernel that counts it', () => {
  beforeEach(() => {
    for (const operation of ['io_service_bytes', 'io_serviced']) {
      removeAll(`blkio.throttle.${operation}`);
      removeAll(`blkio.throttle.${operation}_recursive`);
    }
  });

  function writeRoot(text: string): void {
    writeFileSync(join(machine, 'sys/fs/cgroup/blkio/blkio.throttle.io_service_bytes'), text);
  }

  test('only after a first throttle limit was set, has this reason', async () => {
    writeRoot('Total 0\n');
    const snapshot = await collect();
    expect(rowsOf(snapshot, 'container_disk')).toEqual([]);
    expect(reasonsOf(snapshot, 'kubemon_container_disk_bytes_total')).toContain('blkio_not_counting');
    expect(reasonsOf(snapshot, 'kubemon_container_disk_reads_total')).toContain('blkio_not_counting');
  });

  test('has no such reason, though no container has done any yet', async () => {
    writeRoot('8:0 Read 4096\n8:0 Total 4096\nTotal 4096\n');
    const snapshot = await collect();
    expect(rowsOf(snapshot, 'container_disk')).toEqual([]);
    expect(reasonsOf(snapshot, 'kubemon_container_disk_bytes_total')).not.toContain('blkio_not_counting');
  });
});

describe('a process that may not be read', () => {
  /** Reading a folder is an error for root, too. */
  function refuse(pid: string): void {
    const stat = join(machine, 'proc', pid, 'stat');
    rmSync(stat);
    mkdirSync(stat);
  }

  test('is not shown, and the reason is', async () => {
    refuse('4160');
    const snapshot = await collect();
    expect(partsOf(snapshot, 'process')).not.toContain('4160');
    expect(partsOf(snapshot, 'process')).toContain('4101');
    expect(reasonsOf(snapshot, 'kubemon_process_threads')).toEqual(['read_error']);
    // It may have been the oldest of its container.
    expect(reasonsOf(snapshot, 'kubemon_container_start_time_seconds')).toEqual(['read_error']);
  });

  test('leaves its container without what is read through processes', async () => {
    refuse('4101');
    refuse('4160');
    const snapshot = await collect();
    const container = rowsOf(snapshot, 'container').find(({ labels }) => labels.values[3] === '4db7eb6ab1f1');
    expect(container?.readings['memory.stat']).toBeDefined();
    expect(container?.readings['computed']?.['start_time']).toBeUndefined();
    expect(reasonsOf(snapshot, 'kubemon_container_start_time_seconds')).toEqual(['read_error']);
    expect(reasonsOf(snapshot, 'kubemon_container_network_receive_bytes_total')).toContain('read_error');
  });
});

test('a container all whose processes have ended since they were listed is not there', async () => {
  for (const pid of ['4101', '4160']) rmSync(join(machine, 'proc', pid), { recursive: true });
  const snapshot = await collect();
  const ids = rowsOf(snapshot, 'container').map(({ labels }) => labels.values[3]);
  expect(ids).not.toContain('4db7eb6ab1f1');
  expect(ids).toHaveLength(7);
});

test('where process 1 cannot be seen, no network is taken for that of a container', async () => {
  rmSync(join(machine, 'proc/1'), { recursive: true });
  const snapshot = await collect();
  expect(rowsOf(snapshot, 'container_network')).toEqual([]);
  expect(reasonsOf(snapshot, 'kubemon_container_network_receive_bytes_total')).toEqual(['permission_denied']);
  expect(reasonsOf(snapshot, 'kubemon_node_network_receive_bytes_total')).toEqual(['permission_denied']);
  expect(rowsOf(snapshot, 'process').length).toBeGreaterThan(0);
});

test('a v2 cgroup without the controller cpu has this reason for all that concerns its limit', async () => {
  rmSync(machine, { recursive: true });
  machine = copyMachine('v2');
  removeAll('cpu.max');
  for (const path of readdirSync(join(machine, 'sys/fs/cgroup'), { recursive: true, encoding: 'utf8' })) {
    const file = join(machine, 'sys/fs/cgroup', path);
    if (basename(path) === 'cpu.stat') writeFileSync(file, 'usage_usec 5\nuser_usec 3\nsystem_usec 2\n');
    if (basename(path) === 'cgroup.controllers') writeFileSync(file, 'memory pids\n');
  }
  const snapshot = await collect();
  expect(reasonsOf(snapshot, 'kubemon_container_cpu_usage_seconds_total')).toEqual([]);
  for (const name of ['limit_cores', 'periods_total', 'throttled_seconds_total', 'bursts_total']) {
    expect(reasonsOf(snapshot, `kubemon_container_cpu_${name}`)).toEqual(['no_controller']);
  }
});

test('a container of which only the pod is known has the runtime that its cgroup tells', async () => {
  const sources = await openMachine(machine);
  const pod = { namespace: 'shop', pod: 'web-0', container: '', image: '', runtime: '', sandbox: false };
  const { infos } = createCollect({ ...sources, names: { ...sources.names, lookup: () => pod } })();
  sources.close();
  const container = infos
    .find(({ scope }) => scope === 'container')
    ?.rows.find(({ identity }) => identity.values[3] === '44ea8601aa33');
  expect(container?.identity.values.slice(0, 3)).toEqual(['shop', 'web-0', '']);
  expect(container?.description.values.slice(1, 3)).toEqual(['', 'cri-o']);
});
