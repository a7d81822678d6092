import { counter, gauge, limit, type InfoMetric, type Table } from './spec.ts';

/** Files of the container's cgroup; `computed` is what the collector derives from them. */
export type ContainerFile =
  // cgroup v1
  | 'cpuacct.stat'
  | 'cpuacct.usage'
  | 'memory.usage_in_bytes'
  | 'memory.limit_in_bytes'
  | 'memory.oom_control'
  | 'cpu.cfs_quota_us'
  | 'cpu.cfs_period_us'
  // both
  | 'cpu.stat'
  | 'memory.stat'
  | 'pids.current'
  | 'computed'
  // cgroup v2
  | 'cpu.max'
  | 'memory.current'
  | 'memory.max'
  | 'memory.swap.current'
  | 'memory.events'
  | 'cpu.pressure'
  | 'memory.pressure'
  | 'io.pressure';
export type ContainerDiskFile = 'blkio.io_service_bytes' | 'blkio.io_serviced' | 'io.stat';
export type ContainerNetworkFile = '/proc/PID/net/dev';

export const containerLabels = ['namespace', 'pod', 'container', 'container_id'] as const;

export const containerInfo: InfoMetric = {
  name: 'info',
  help: 'The container: its full id, image, runtime, cgroup, pod uid and network namespace.',
  labels: ['id', 'image', 'runtime', 'cgroup', 'pod_uid', 'network_namespace'],
};

/** memory.stat: v1 has the cgroup's own values and total_ ones for its subtree; v2 has the subtree's. */
function memoryStat(v1: string, v2: string, unit: 'bytes' | 'count' = 'bytes') {
  return { v1: ['memory.stat', v1, unit], v2: ['memory.stat', v2, unit] } as const;
}

export const containerTable: Table<ContainerFile> = {
  name: 'container',
  scope: 'container',
  labels: containerLabels,
  // prettier-ignore
  metrics: [
    counter('cpu_user_seconds_total', { v1: ['cpuacct.stat', 'user', 'ticks'], v2: ['cpu.stat', 'user_usec', 'us'] }, 'CPU time in user mode.'),
    counter('cpu_system_seconds_total', { v1: ['cpuacct.stat', 'system', 'ticks'], v2: ['cpu.stat', 'system_usec', 'us'] }, 'CPU time in the kernel.'),
    counter('cpu_usage_seconds_total', { v1: ['cpuacct.usage', 'value', 'ns'], v2: ['cpu.stat', 'usage_usec', 'us'] }, 'CPU time.'),
    counter('cpu_periods_total', ['cpu.stat', 'nr_periods', 'count'], 'Enforcement periods of the CPU limit that have passed.'),
    counter('cpu_throttled_periods_total', ['cpu.stat', 'nr_throttled', 'count'], 'Enforcement periods in which the container was throttled.'),
    counter('cpu_throttled_seconds_total', { v1: ['cpu.stat', 'throttled_time', 'ns'], v2: ['cpu.stat', 'throttled_usec', 'us'] }, 'Time for which the container was throttled.'),
    counter('cpu_bursts_total', ['cpu.stat', 'nr_bursts', 'count'], 'Enforcement periods with a burst over the limit (Linux 5.14).'),
    counter('cpu_burst_seconds_total', { v1: ['cpu.stat', 'burst_time', 'ns'], v2: ['cpu.stat', 'burst_usec', 'us'] }, 'CPU time used over the limit in bursts (Linux 5.14).'),
    limit('cpu_limit_cores', ['computed', 'cpu_limit', 'cores'], 'CPU limit: quota / period. Absent without a limit.'),
    gauge('memory_rss_bytes', memoryStat('total_rss', 'anon'), 'Anonymous memory, transparent huge pages included.'),
    gauge('memory_cache_bytes', memoryStat('total_cache', 'file'), 'Page cache, tmpfs and shared memory included.'),
    gauge('memory_mapped_file_bytes', memoryStat('total_mapped_file', 'file_mapped'), 'Page cache mapped into page tables.'),
    gauge('memory_active_anon_bytes', memoryStat('total_active_anon', 'active_anon'), 'Anonymous memory recently used.'),
    gauge('memory_inactive_anon_bytes', memoryStat('total_inactive_anon', 'inactive_anon'), 'Anonymous memory not recently used.'),
    gauge('memory_active_file_bytes', memoryStat('total_active_file', 'active_file'), 'Page cache recently used.'),
    gauge('memory_inactive_file_bytes', memoryStat('total_inactive_file', 'inactive_file'), 'Page cache not recently used.'),
    gauge('memory_unevictable_bytes', memoryStat('total_unevictable', 'unevictable'), 'Memory that cannot be reclaimed.'),
    counter('memory_paged_in_total', { v1: ['memory.stat', 'total_pgpgin', 'count'] }, 'Pages charged to the container; not disk reads. cgroup v1 only.'),
    counter('memory_paged_out_total', { v1: ['memory.stat', 'total_pgpgout', 'count'] }, 'Pages uncharged from the container; not disk writes. cgroup v1 only.'),
    counter('memory_page_faults_total', memoryStat('total_pgfault', 'pgfault', 'count'), 'Page faults, minor and major.'),
    counter('memory_major_page_faults_total', memoryStat('total_pgmajfault', 'pgmajfault', 'count'), 'Page faults that needed I/O.'),
    gauge('memory_usage_bytes', { v1: ['memory.usage_in_bytes', 'value', 'bytes'], v2: ['memory.current', 'value', 'bytes'] }, 'Memory charged, page cache included.'),
    limit('memory_limit_bytes', { v1: ['memory.limit_in_bytes', 'value', 'bytes'], v2: ['memory.max', 'value', 'bytes'] }, 'Memory limit. Absent without a limit.'),
    gauge('memory_working_set_bytes', ['computed', 'memory_working_set', 'bytes'], 'Memory charged less the page cache not recently used, as the kubelet counts for eviction.'),
    gauge('memory_swap_bytes', { v1: ['memory.stat', 'total_swap', 'bytes'], v2: ['memory.swap.current', 'value', 'bytes'] }, 'Memory swapped out.'),
    counter('memory_oom_kills_total', { v1: ['memory.oom_control', 'oom_kill', 'count'], v2: ['memory.events', 'oom_kill', 'count'] }, 'Processes killed for lack of memory; v1: of this cgroup, v2: of its subtree.'),
    gauge('pids', ['pids.current', 'value', 'count'], 'Processes and threads.'),
    counter('pressure_cpu_waiting_seconds_total', { v2: ['cpu.pressure', 'some', 'us'] }, 'Time in which at least one task waited for CPU. cgroup v2 only.'),
    counter('pressure_cpu_stalled_seconds_total', { v2: ['cpu.pressure', 'full', 'us'] }, 'Time in which all non-idle tasks waited for CPU. cgroup v2 only (Linux 5.13).'),
    counter('pressure_memory_waiting_seconds_total', { v2: ['memory.pressure', 'some', 'us'] }, 'Time in which at least one task waited for memory. cgroup v2 only.'),
    counter('pressure_memory_stalled_seconds_total', { v2: ['memory.pressure', 'full', 'us'] }, 'Time in which all non-idle tasks waited for memory. cgroup v2 only.'),
    counter('pressure_io_waiting_seconds_total', { v2: ['io.pressure', 'some', 'us'] }, 'Time in which at least one task waited for I/O. cgroup v2 only.'),
    counter('pressure_io_stalled_seconds_total', { v2: ['io.pressure', 'full', 'us'] }, 'Time in which all non-idle tasks waited for I/O. cgroup v2 only.'),
    gauge('start_time_seconds', ['computed', 'start_time', 'seconds'], 'Start of the oldest member process, in seconds since the epoch.'),
  ],
};

/** blkio stands for the first that this kernel has of blkio.throttle.*_recursive, blkio.throttle.*, blkio.bfq.*. */
export const containerDiskTable: Table<ContainerDiskFile> = {
  name: 'container_disk',
  scope: 'container',
  labels: [...containerLabels, 'device'],
  // prettier-ignore
  metrics: [
    counter('disk_read_bytes_total', { v1: ['blkio.io_service_bytes', 'Read', 'bytes'], v2: ['io.stat', 'rbytes', 'bytes'] }, 'Bytes read.'),
    counter('disk_written_bytes_total', { v1: ['blkio.io_service_bytes', 'Write', 'bytes'], v2: ['io.stat', 'wbytes', 'bytes'] }, 'Bytes written.'),
    counter('disk_sync_bytes_total', { v1: ['blkio.io_service_bytes', 'Sync', 'bytes'] }, 'Bytes of synchronous requests. cgroup v1 only.'),
    counter('disk_async_bytes_total', { v1: ['blkio.io_service_bytes', 'Async', 'bytes'] }, 'Bytes of asynchronous requests. cgroup v1 only.'),
    counter('disk_discarded_bytes_total', { v1: ['blkio.io_service_bytes', 'Discard', 'bytes'], v2: ['io.stat', 'dbytes', 'bytes'] }, 'Bytes discarded.'),
    counter('disk_bytes_total', { v1: ['blkio.io_service_bytes', 'Total', 'bytes'], v2: ['io.stat', 'rbytes + wbytes + dbytes', 'bytes'] }, 'Bytes of all requests.'),
    counter('disk_reads_total', { v1: ['blkio.io_serviced', 'Read', 'count'], v2: ['io.stat', 'rios', 'count'] }, 'Read requests.'),
    counter('disk_writes_total', { v1: ['blkio.io_serviced', 'Write', 'count'], v2: ['io.stat', 'wios', 'count'] }, 'Write requests.'),
  ],
};

const pod = 'The containers of a pod share its network: aggregate with max over a pod.';

export const containerNetworkTable: Table<ContainerNetworkFile> = {
  name: 'container_network',
  scope: 'container',
  labels: [...containerLabels, 'interface'],
  // prettier-ignore
  metrics: [
    counter('network_receive_bytes_total', ['/proc/PID/net/dev', 'receive_bytes', 'bytes'], `Bytes received. ${pod}`),
    counter('network_receive_packets_total', ['/proc/PID/net/dev', 'receive_packets', 'count'], `Packets received. ${pod}`),
    counter('network_receive_errors_total', ['/proc/PID/net/dev', 'receive_errors', 'count'], `Packets received with errors. ${pod}`),
    counter('network_receive_drops_total', ['/proc/PID/net/dev', 'receive_drops', 'count'], `Received packets dropped. ${pod}`),
    counter('network_transmit_bytes_total', ['/proc/PID/net/dev', 'transmit_bytes', 'bytes'], `Bytes sent. ${pod}`),
    counter('network_transmit_packets_total', ['/proc/PID/net/dev', 'transmit_packets', 'count'], `Packets sent. ${pod}`),
    counter('network_transmit_errors_total', ['/proc/PID/net/dev', 'transmit_errors', 'count'], `Errors on sending. ${pod}`),
    counter('network_transmit_drops_total', ['/proc/PID/net/dev', 'transmit_drops', 'count'], `Packets to be sent that were dropped. ${pod}`),
  ],
};
