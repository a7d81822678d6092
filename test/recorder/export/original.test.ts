import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportFolder } from '../../../recorder/export/exportRun.ts';
import { handmadeRun, type HandmadeRow, recordsOf, tick } from '../read/handmadeRun.ts';
import { outputFolder } from '../read/outputFolder.ts';

const container = { node: 'n', container: 'web', container_id: '001234567890' };

function rows(...cells: readonly HandmadeRow[]): readonly HandmadeRow[] {
  return cells.map((row, at) => ({ timestamp: tick(at), collected_at: at, node: 'n', ...row }));
}

const files = {
  'node.csv': rows(
    {
      cpu_user_seconds_total: '1.5',
      context_switches_total: 10,
      memory_active_anon_bytes: 8192,
      memory_paged_in_bytes_total: 1024,
    },
    {
      cpu_user_seconds_total: '1.8',
      context_switches_total: 17,
      memory_active_anon_bytes: 4096,
      memory_paged_in_bytes_total: 4096,
    },
  ),
  'node_disk.csv': [0, 1].flatMap((at) =>
    ['sda', 'sdb', 'dm-0', 'md127'].map((device) => ({
      timestamp: tick(at),
      collected_at: at,
      node: 'n',
      device,
      disk_read_bytes_total: at * 1024,
      disk_read_time_seconds_total: at * 0.007,
      disk_io_in_flight: 3 - at,
    })),
  ),
  'node_network.csv': [0, 1].flatMap((at) =>
    ['eth0', 'lo'].map((name) => ({
      timestamp: tick(at),
      collected_at: at,
      node: 'n',
      interface: name,
      network_receive_bytes_total: at * 30,
    })),
  ),
  'container.csv': rows(
    { ...container, cpu_user_seconds_total: '0.25', memory_rss_bytes: 500, cpu_throttled_seconds_total: 0 },
    {
      ...container,
      cpu_user_seconds_total: '0.35',
      memory_rss_bytes: 400,
      cpu_throttled_seconds_total: '0.000000005',
    },
    { ...container, cpu_user_seconds_total: '0.01', memory_rss_bytes: 400 },
  ),
  'container_network.csv': rows(
    { ...container, interface: 'eth0', network_transmit_drops_total: 0 },
    { ...container, interface: 'eth0', network_transmit_drops_total: 2 },
  ),
  'process.csv': [40, 41].flatMap((pid, index) =>
    rows(
      { ...container, pid, start_time_seconds: 100 - index, cpu_user_seconds_total: 1, memory_text_bytes: 0 },
      {
        ...container,
        pid,
        start_time_seconds: 100 - index,
        cpu_user_seconds_total: 2,
        memory_text_bytes: 8192,
      },
    ),
  ),
  'events.csv': [{ timestamp: tick(2), kind: 'container_born', node: 'n', subject: '001234567890' }],
};

async function exported() {
  const { path } = await exportFolder(handmadeRun({ files }), { format: 'original', output: outputFolder() });
  return path;
}

test('one file an instance, in a folder a monitor, called after host, address, container and process', async () => {
  const path = await exported();
  expect(readdirSync(path, { recursive: true, encoding: 'utf8' }).map(String).toSorted()).toEqual([
    'DockerMonitor',
    // The oldest process is the container's.
    'DockerMonitor/DockerMonitor_n_10_0_0_7_web_41.csv',
    'OSMonitor',
    'OSMonitor/OSMonitor_n_10_0_0_7.csv',
    'ProcessMonitor',
    'ProcessMonitor/ProcessMonitor_n_10_0_0_7_web_40.csv',
    'ProcessMonitor/ProcessMonitor_n_10_0_0_7_web_41.csv',
  ]);
});

test('columns are those of the original, in the order of the alphabet, and a row ends in the local time', async () => {
  const path = await exported();
  const headers = [
    'OSMonitor/OSMonitor_n_10_0_0_7.csv',
    'DockerMonitor/DockerMonitor_n_10_0_0_7_web_41.csv',
    'ProcessMonitor/ProcessMonitor_n_10_0_0_7_web_40.csv',
  ].map((name) => readFileSync(join(path, name), 'utf8').split('\n')[0]?.split(',') ?? []);
  for (const header of headers) {
    expect(header.at(-1)).toBe('timestamp');
    expect(header.slice(0, -1)).toEqual(header.slice(0, -1).toSorted());
  }
  const [os = [], docker = [], process = []] = headers;
  expect(os.join(' ')).toBe(
    'cpu_ctx_switches cpu_guest cpu_guest_nice cpu_idle cpu_interrupts cpu_iowait cpu_irq cpu_nice cpu_soft_interrupts cpu_softirq cpu_steal cpu_syscalls cpu_system cpu_user disk_discard_io disk_discard_merges disk_discard_sectors disk_discard_ticks disk_in_flight disk_io_ticks disk_read_io disk_read_merge disk_read_sectors disk_read_ticks disk_time_in_queue disk_write_io disk_write_merge disk_write_sectors disk_write_ticks mem_nr_active_anon mem_nr_active_file mem_nr_inactive_anon mem_nr_inactive_file mem_nr_mapped mem_pgfault mem_pgfree mem_pgmajfault mem_pgpgin mem_pgpgout mem_pgreuse net_bytes_recv net_bytes_sent net_dropin net_dropout net_errin net_errout net_packets_recv net_packets_sent timestamp',
  );
  expect(docker.filter((name) => !name.startsWith('net_')).join(' ')).toBe(
    'cpu_burst_time cpu_nr_bursts cpu_nr_periods cpu_nr_throttled cpu_system cpu_throttled_time cpu_user mem_active_anon mem_active_file mem_cache mem_inactive_anon mem_inactive_file mem_mapped_file mem_pgfault mem_pgmajfault mem_pgpgin mem_pgpgout mem_rss mem_unevictable timestamp',
  );
  expect(process.filter((name) => !name.startsWith('net_')).join(' ')).toBe(
    'cpu_children_system cpu_children_user cpu_iowait cpu_system cpu_user disk_read_bytes disk_read_chars disk_read_count disk_write_bytes disk_write_chars disk_write_count mem_data mem_dt mem_lib mem_resident mem_shared mem_size mem_text timestamp',
  );
  const [row] = recordsOf(readFileSync(join(path, 'OSMonitor/OSMonitor_n_10_0_0_7.csv'), 'utf8'));
  expect(row?.['timestamp']).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{6}$/);
  expect(new Date(row?.['timestamp'] ?? '').toISOString()).toBe(tick(1));
});

test('a value is the difference to the row before, in the units of the original; what is not read is empty', async () => {
  const path = await exported();
  const of = (name: string) => recordsOf(readFileSync(join(path, name), 'utf8'));
  const os = of('OSMonitor/OSMonitor_n_10_0_0_7.csv');
  expect(os).toHaveLength(1);
  expect(os[0]).toMatchObject({
    cpu_user: '0.3',
    cpu_ctx_switches: '7',
    cpu_syscalls: '',
    mem_nr_active_anon: '-1',
    mem_pgpgin: '3',
    // Of both disks, not again of what is made of them; of all interfaces, as there.
    disk_read_sectors: '4',
    disk_read_ticks: '14',
    disk_in_flight: '-2',
    net_bytes_recv: '60',
  });
  const docker = of('DockerMonitor/DockerMonitor_n_10_0_0_7_web_41.csv');
  // Behind the reset there is nothing to compare with.
  expect(docker).toHaveLength(1);
  expect(docker[0]).toMatchObject({
    cpu_user: '10',
    cpu_throttled_time: '5',
    mem_rss: '-100',
    net_tx_drop: '2',
    net_rx_fifo: '',
  });
  expect(of('ProcessMonitor/ProcessMonitor_n_10_0_0_7_web_40.csv')[0]).toMatchObject({
    cpu_user: '100',
    mem_text: '2',
    mem_lib: '',
  });
});
