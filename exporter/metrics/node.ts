import { counter, counterPerMode, gauge, type InfoMetric, type Table } from './spec.ts';

/** Paths are those of a default machine: PROCFS_PATH and SYSFS_PATH move them. */
export type NodeFile =
  | '/proc/stat'
  | '/proc/vmstat'
  | '/proc/meminfo'
  | '/proc/loadavg'
  | '/proc/pressure/cpu'
  | '/proc/pressure/memory'
  | '/proc/pressure/io'
  | 'raw_syscalls:sys_enter';
export type NodeDiskFile = '/sys/block/DEV/stat';
export type NodeNetworkFile = '/proc/1/net/dev';

export const nodeInfo: InfoMetric = {
  name: 'info',
  help: 'The machine: its name, kernel, boot, architecture, cgroup version, page size in bytes and clock ticks a second.',
  labels: ['hostname', 'kernel', 'boot_id', 'machine', 'cgroup_version', 'page_size', 'clock_ticks'],
};

const cpuModes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];

export const nodeTable: Table<NodeFile> = {
  name: 'node',
  scope: 'node',
  labels: [],
  // prettier-ignore
  metrics: [
    counter('context_switches_total', ['/proc/stat', 'ctxt', 'count'], 'Context switches.'),
    counter('interrupts_total', ['/proc/stat', 'intr', 'count'], 'Interrupts serviced.'),
    counter('soft_interrupts_total', ['/proc/stat', 'softirq', 'count'], 'Soft interrupts serviced.'),
    ...counterPerMode('cpu_seconds_total', cpuModes, (mode) => ['/proc/stat', `cpu ${mode}`, 'ticks'], 'CPU time of all CPUs by mode; user and nice include guest time. The kernel may let idle and iowait go back.'),
    ...counterPerMode('cpu_guest_seconds_total', ['user', 'nice'], (mode) => ['/proc/stat', mode === 'user' ? 'cpu guest' : 'cpu guest_nice', 'ticks'], 'CPU time spent running guests, by the mode it is also counted in.'),
    counter('forks_total', ['/proc/stat', 'processes', 'count'], 'Processes and threads created.'),
    gauge('processes_running', ['/proc/stat', 'procs_running', 'count'], 'Threads running or ready to run.'),
    gauge('processes_blocked', ['/proc/stat', 'procs_blocked', 'count'], 'Processes blocked waiting for I/O.'),
    gauge('boot_time_seconds', ['/proc/stat', 'btime', 'seconds'], 'Time of boot, in seconds since the epoch.'),
    counter('syscalls_total', ['raw_syscalls:sys_enter', 'hits', 'count'], 'System calls entered since the exporter started. Opt-in: COLLECT_SYSCALLS.'),
    gauge('memory_active_anon_bytes', ['/proc/vmstat', 'nr_active_anon', 'pages'], 'Anonymous memory recently used.'),
    gauge('memory_inactive_anon_bytes', ['/proc/vmstat', 'nr_inactive_anon', 'pages'], 'Anonymous memory not recently used.'),
    gauge('memory_active_file_bytes', ['/proc/vmstat', 'nr_active_file', 'pages'], 'File-backed memory recently used.'),
    gauge('memory_inactive_file_bytes', ['/proc/vmstat', 'nr_inactive_file', 'pages'], 'File-backed memory not recently used.'),
    gauge('memory_mapped_bytes', ['/proc/vmstat', 'nr_mapped', 'pages'], 'File pages mapped into page tables.'),
    counter('memory_paged_in_bytes_total', ['/proc/vmstat', 'pgpgin', 'KiB'], 'Bytes read from block devices.'),
    counter('memory_paged_out_bytes_total', ['/proc/vmstat', 'pgpgout', 'KiB'], 'Bytes written to block devices.'),
    counter('memory_pages_freed_total', ['/proc/vmstat', 'pgfree', 'count'], 'Pages freed.'),
    counter('memory_page_faults_total', ['/proc/vmstat', 'pgfault', 'count'], 'Page faults, minor and major.'),
    counter('memory_major_page_faults_total', ['/proc/vmstat', 'pgmajfault', 'count'], 'Page faults that needed I/O.'),
    counter('memory_pages_reused_total', ['/proc/vmstat', 'pgreuse', 'count'], 'Pages reused in place on a write fault.'),
    counter('memory_oom_kills_total', ['/proc/vmstat', 'oom_kill', 'count'], 'Processes killed for lack of memory.'),
    gauge('memory_total_bytes', ['/proc/meminfo', 'MemTotal', 'KiB'], 'Usable memory.'),
    gauge('memory_available_bytes', ['/proc/meminfo', 'MemAvailable', 'KiB'], 'Memory available for new work without swapping, as the kernel estimates it.'),
    gauge('memory_free_bytes', ['/proc/meminfo', 'MemFree', 'KiB'], 'Memory not used at all.'),
    gauge('memory_buffers_bytes', ['/proc/meminfo', 'Buffers', 'KiB'], 'Memory used for block device buffers.'),
    gauge('memory_cached_bytes', ['/proc/meminfo', 'Cached', 'KiB'], 'Memory used for the page cache.'),
    gauge('memory_swap_total_bytes', ['/proc/meminfo', 'SwapTotal', 'KiB'], 'Swap space.'),
    gauge('memory_swap_free_bytes', ['/proc/meminfo', 'SwapFree', 'KiB'], 'Swap space not used.'),
    gauge('load1', ['/proc/loadavg', 'load1', 'load'], 'Load average over 1 minute.'),
    gauge('load5', ['/proc/loadavg', 'load5', 'load'], 'Load average over 5 minutes.'),
    gauge('load15', ['/proc/loadavg', 'load15', 'load'], 'Load average over 15 minutes.'),
    counter('pressure_cpu_waiting_seconds_total', ['/proc/pressure/cpu', 'some', 'us'], 'Time in which at least one task waited for CPU.'),
    counter('pressure_memory_waiting_seconds_total', ['/proc/pressure/memory', 'some', 'us'], 'Time in which at least one task waited for memory.'),
    counter('pressure_memory_stalled_seconds_total', ['/proc/pressure/memory', 'full', 'us'], 'Time in which all non-idle tasks waited for memory.'),
    counter('pressure_io_waiting_seconds_total', ['/proc/pressure/io', 'some', 'us'], 'Time in which at least one task waited for I/O.'),
    counter('pressure_io_stalled_seconds_total', ['/proc/pressure/io', 'full', 'us'], 'Time in which all non-idle tasks waited for I/O.'),
    gauge('cpus', ['/proc/stat', 'cpus', 'count'], 'CPUs online.'),
  ],
};

export const nodeDiskTable: Table<NodeDiskFile> = {
  name: 'node_disk',
  scope: 'node',
  labels: ['device'],
  // prettier-ignore
  metrics: [
    counter('disk_reads_completed_total', ['/sys/block/DEV/stat', 'reads', 'count'], 'Reads completed.'),
    counter('disk_writes_completed_total', ['/sys/block/DEV/stat', 'writes', 'count'], 'Writes completed.'),
    counter('disk_discards_completed_total', ['/sys/block/DEV/stat', 'discards', 'count'], 'Discards completed (Linux 4.18).'),
    counter('disk_reads_merged_total', ['/sys/block/DEV/stat', 'reads_merged', 'count'], 'Adjacent reads merged into one.'),
    counter('disk_writes_merged_total', ['/sys/block/DEV/stat', 'writes_merged', 'count'], 'Adjacent writes merged into one.'),
    counter('disk_discards_merged_total', ['/sys/block/DEV/stat', 'discards_merged', 'count'], 'Adjacent discards merged into one (Linux 4.18).'),
    counter('disk_read_bytes_total', ['/sys/block/DEV/stat', 'sectors_read', 'sectors'], 'Bytes read.'),
    counter('disk_written_bytes_total', ['/sys/block/DEV/stat', 'sectors_written', 'sectors'], 'Bytes written.'),
    counter('disk_discarded_bytes_total', ['/sys/block/DEV/stat', 'sectors_discarded', 'sectors'], 'Bytes discarded (Linux 4.18).'),
    counter('disk_read_time_seconds_total', ['/sys/block/DEV/stat', 'read_ms', 'ms'], 'Time spent by all reads.'),
    counter('disk_write_time_seconds_total', ['/sys/block/DEV/stat', 'write_ms', 'ms'], 'Time spent by all writes.'),
    counter('disk_discard_time_seconds_total', ['/sys/block/DEV/stat', 'discard_ms', 'ms'], 'Time spent by all discards (Linux 4.18).'),
    gauge('disk_io_in_flight', ['/sys/block/DEV/stat', 'in_flight', 'count'], 'Requests issued and not completed.'),
    counter('disk_io_time_seconds_total', ['/sys/block/DEV/stat', 'io_ms', 'ms'], 'Time in which requests were in flight.'),
    counter('disk_io_time_weighted_seconds_total', ['/sys/block/DEV/stat', 'weighted_io_ms', 'ms'], 'Time spent by all requests, those in flight included.'),
    counter('disk_flush_requests_total', ['/sys/block/DEV/stat', 'flushes', 'count'], 'Flush requests completed (Linux 5.5).'),
    counter('disk_flush_time_seconds_total', ['/sys/block/DEV/stat', 'flush_ms', 'ms'], 'Time spent by all flush requests (Linux 5.5).'),
  ],
};

export const nodeNetworkTable: Table<NodeNetworkFile> = {
  name: 'node_network',
  scope: 'node',
  labels: ['interface'],
  // prettier-ignore
  metrics: [
    counter('network_receive_bytes_total', ['/proc/1/net/dev', 'receive_bytes', 'bytes'], 'Bytes received.'),
    counter('network_receive_packets_total', ['/proc/1/net/dev', 'receive_packets', 'count'], 'Packets received.'),
    counter('network_receive_errors_total', ['/proc/1/net/dev', 'receive_errors', 'count'], 'Packets received with errors.'),
    counter('network_receive_drops_total', ['/proc/1/net/dev', 'receive_drops', 'count'], 'Received packets dropped.'),
    counter('network_transmit_bytes_total', ['/proc/1/net/dev', 'transmit_bytes', 'bytes'], 'Bytes sent.'),
    counter('network_transmit_packets_total', ['/proc/1/net/dev', 'transmit_packets', 'count'], 'Packets sent.'),
    counter('network_transmit_errors_total', ['/proc/1/net/dev', 'transmit_errors', 'count'], 'Errors on sending.'),
    counter('network_transmit_drops_total', ['/proc/1/net/dev', 'transmit_drops', 'count'], 'Packets to be sent that were dropped.'),
  ],
};
