import type { TableName } from '../../exporter/metrics/spec.ts';

/** Where a column of the original kubemon comes from; absent: kubemon does not read it. */
export interface OriginalSource {
  readonly table: TableName;
  readonly column: string;
  /** The original's unit, in ours: what a value is multiplied with, exactly. */
  readonly factor: string;
}

/** Its columns by name, without the timestamp. */
export type OriginalColumns = Readonly<Record<string, OriginalSource | undefined>>;

/** Clock ticks of 1/100 s, which every Linux tells user space; milliseconds; nanoseconds. */
const ticks = '100';
const milliseconds = '1000';
const nanoseconds = '1000000000';
/** 1/512, 1/4096 and 1/1024, which are short decimals. */
const sectors = '0.001953125';
const pages = '0.000244140625';
const kilobytes = '0.0009765625';
const same = '1';

/** `name source-column` a line. */
function columns(table: TableName, factor: string, names: Readonly<Record<string, string>>): OriginalColumns {
  return Object.fromEntries(Object.entries(names).map(([name, column]) => [name, { table, column, factor }]));
}

function unread(...names: readonly string[]): OriginalColumns {
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

const unreadNetwork = unread(
  ...['fifo', 'frame', 'compressed', 'multicast'].map((name) => `net_rx_${name}`),
  ...['fifo', 'colls', 'carrier', 'compressed'].map((name) => `net_tx_${name}`),
);

/** Disks, without those made of others, and all interfaces are summed up. */
export const osColumns: OriginalColumns = {
  ...columns('node', same, {
    cpu_ctx_switches: 'context_switches_total',
    cpu_interrupts: 'interrupts_total',
    cpu_soft_interrupts: 'soft_interrupts_total',
    cpu_syscalls: 'syscalls_total',
    cpu_user: 'cpu_user_seconds_total',
    cpu_nice: 'cpu_nice_seconds_total',
    cpu_system: 'cpu_system_seconds_total',
    cpu_idle: 'cpu_idle_seconds_total',
    cpu_iowait: 'cpu_iowait_seconds_total',
    cpu_irq: 'cpu_irq_seconds_total',
    cpu_softirq: 'cpu_softirq_seconds_total',
    cpu_steal: 'cpu_steal_seconds_total',
    cpu_guest: 'cpu_guest_user_seconds_total',
    cpu_guest_nice: 'cpu_guest_nice_seconds_total',
    mem_pgfree: 'memory_pages_freed_total',
    mem_pgfault: 'memory_page_faults_total',
    mem_pgmajfault: 'memory_major_page_faults_total',
    mem_pgreuse: 'memory_pages_reused_total',
  }),
  ...columns('node', pages, {
    mem_nr_active_anon: 'memory_active_anon_bytes',
    mem_nr_inactive_anon: 'memory_inactive_anon_bytes',
    mem_nr_active_file: 'memory_active_file_bytes',
    mem_nr_inactive_file: 'memory_inactive_file_bytes',
    mem_nr_mapped: 'memory_mapped_bytes',
  }),
  ...columns('node', kilobytes, {
    mem_pgpgin: 'memory_paged_in_bytes_total',
    mem_pgpgout: 'memory_paged_out_bytes_total',
  }),
  ...columns('node_disk', same, {
    disk_read_io: 'disk_reads_completed_total',
    disk_read_merge: 'disk_reads_merged_total',
    disk_write_io: 'disk_writes_completed_total',
    disk_write_merge: 'disk_writes_merged_total',
    disk_discard_io: 'disk_discards_completed_total',
    disk_discard_merges: 'disk_discards_merged_total',
    disk_in_flight: 'disk_io_in_flight',
  }),
  ...columns('node_disk', sectors, {
    disk_read_sectors: 'disk_read_bytes_total',
    disk_write_sectors: 'disk_written_bytes_total',
    disk_discard_sectors: 'disk_discarded_bytes_total',
  }),
  ...columns('node_disk', milliseconds, {
    disk_read_ticks: 'disk_read_time_seconds_total',
    disk_write_ticks: 'disk_write_time_seconds_total',
    disk_discard_ticks: 'disk_discard_time_seconds_total',
    disk_io_ticks: 'disk_io_time_seconds_total',
    disk_time_in_queue: 'disk_io_time_weighted_seconds_total',
  }),
  ...columns('node_network', same, {
    net_bytes_recv: 'network_receive_bytes_total',
    net_bytes_sent: 'network_transmit_bytes_total',
    net_packets_recv: 'network_receive_packets_total',
    net_packets_sent: 'network_transmit_packets_total',
    net_errin: 'network_receive_errors_total',
    net_errout: 'network_transmit_errors_total',
    net_dropin: 'network_receive_drops_total',
    net_dropout: 'network_transmit_drops_total',
  }),
};

export const dockerColumns: OriginalColumns = {
  ...columns('container', ticks, {
    cpu_user: 'cpu_user_seconds_total',
    cpu_system: 'cpu_system_seconds_total',
  }),
  ...columns('container', nanoseconds, {
    cpu_throttled_time: 'cpu_throttled_seconds_total',
    cpu_burst_time: 'cpu_burst_seconds_total',
  }),
  ...columns('container', same, {
    cpu_nr_periods: 'cpu_periods_total',
    cpu_nr_throttled: 'cpu_throttled_periods_total',
    cpu_nr_bursts: 'cpu_bursts_total',
    mem_rss: 'memory_rss_bytes',
    mem_cache: 'memory_cache_bytes',
    mem_mapped_file: 'memory_mapped_file_bytes',
    mem_active_anon: 'memory_active_anon_bytes',
    mem_inactive_anon: 'memory_inactive_anon_bytes',
    mem_active_file: 'memory_active_file_bytes',
    mem_inactive_file: 'memory_inactive_file_bytes',
    mem_unevictable: 'memory_unevictable_bytes',
    mem_pgpgin: 'memory_paged_in_total',
    mem_pgpgout: 'memory_paged_out_total',
    mem_pgfault: 'memory_page_faults_total',
    mem_pgmajfault: 'memory_major_page_faults_total',
  }),
  ...columns('container_network', same, {
    net_rx_bytes: 'network_receive_bytes_total',
    net_rx_packets: 'network_receive_packets_total',
    net_rx_errs: 'network_receive_errors_total',
    net_rx_drop: 'network_receive_drops_total',
    net_tx_bytes: 'network_transmit_bytes_total',
    net_tx_packets: 'network_transmit_packets_total',
    net_tx_errs: 'network_transmit_errors_total',
    net_tx_drop: 'network_transmit_drops_total',
  }),
  ...unreadNetwork,
};

/** The kernel shows lib and dt of statm as 0 since Linux 2.6. */
export const processColumns: OriginalColumns = {
  ...columns('process', ticks, {
    cpu_user: 'cpu_user_seconds_total',
    cpu_system: 'cpu_system_seconds_total',
    cpu_children_user: 'children_cpu_user_seconds_total',
    cpu_children_system: 'children_cpu_system_seconds_total',
    cpu_iowait: 'cpu_iowait_seconds_total',
  }),
  ...columns('process', pages, {
    mem_size: 'memory_size_bytes',
    mem_resident: 'memory_resident_bytes',
    mem_shared: 'memory_shared_bytes',
    mem_text: 'memory_text_bytes',
    mem_data: 'memory_data_bytes',
  }),
  ...columns('process', same, {
    disk_read_count: 'io_reads_total',
    disk_write_count: 'io_writes_total',
    disk_read_bytes: 'io_read_bytes_total',
    disk_write_bytes: 'io_written_bytes_total',
    disk_read_chars: 'io_read_chars_total',
    disk_write_chars: 'io_written_chars_total',
    net_rx_bytes: 'network_receive_bytes_total',
    net_rx_packets: 'network_receive_packets_total',
    net_tx_bytes: 'network_transmit_bytes_total',
    net_tx_packets: 'network_transmit_packets_total',
  }),
  ...unread('mem_lib', 'mem_dt', 'net_rx_errs', 'net_rx_drop', 'net_tx_errs', 'net_tx_drop'),
  ...unreadNetwork,
};
