import { containerLabels } from './container.ts';
import { counter, gauge, type Table } from './spec.ts';

/** `computed` is what the collector derives; PID/net/dev is summed up over all interfaces but lo. */
export type ProcessFile =
  '/proc/PID/stat' | '/proc/PID/statm' | '/proc/PID/io' | '/proc/PID/net/dev' | 'computed';

const namespace = 'Of the network namespace that the process lives in, all interfaces but lo.';

export const processTable: Table<ProcessFile> = {
  name: 'process',
  scope: 'process',
  labels: [...containerLabels, 'pid', 'comm'],
  // prettier-ignore
  metrics: [
    counter('cpu_user_seconds_total', ['/proc/PID/stat', 'utime', 'ticks'], 'CPU time in user mode, all threads.'),
    counter('cpu_system_seconds_total', ['/proc/PID/stat', 'stime', 'ticks'], 'CPU time in the kernel, all threads.'),
    counter('children_cpu_user_seconds_total', ['/proc/PID/stat', 'cutime', 'ticks'], 'CPU time in user mode of children that ended and were waited for.'),
    counter('children_cpu_system_seconds_total', ['/proc/PID/stat', 'cstime', 'ticks'], 'CPU time in the kernel of children that ended and were waited for.'),
    counter('cpu_iowait_seconds_total', ['/proc/PID/stat', 'delayacct_blkio_ticks', 'ticks'], 'Time spent waiting for block I/O. Needs kernel.task_delayacct=1.'),
    counter('page_faults_total', ['/proc/PID/stat', 'page_faults', 'count'], 'Page faults, minor and major.'),
    counter('major_page_faults_total', ['/proc/PID/stat', 'majflt', 'count'], 'Page faults that needed I/O.'),
    gauge('threads', ['/proc/PID/stat', 'num_threads', 'count'], 'Threads.'),
    gauge('start_time_seconds', ['computed', 'start_time', 'seconds'], 'Start of the process, in seconds since the epoch.'),
    gauge('memory_size_bytes', ['/proc/PID/statm', 'size', 'pages'], 'Virtual memory.'),
    gauge('memory_resident_bytes', ['/proc/PID/statm', 'resident', 'pages'], 'Resident memory.'),
    gauge('memory_shared_bytes', ['/proc/PID/statm', 'shared', 'pages'], 'Resident memory backed by files or shared memory.'),
    gauge('memory_text_bytes', ['/proc/PID/statm', 'text', 'pages'], 'Program code.'),
    gauge('memory_data_bytes', ['/proc/PID/statm', 'data', 'pages'], 'Data and stack.'),
    counter('io_reads_total', ['/proc/PID/io', 'syscr', 'count'], 'Read system calls.'),
    counter('io_writes_total', ['/proc/PID/io', 'syscw', 'count'], 'Write system calls.'),
    counter('io_read_bytes_total', ['/proc/PID/io', 'read_bytes', 'bytes'], 'Bytes fetched from the storage layer.'),
    counter('io_written_bytes_total', ['/proc/PID/io', 'write_bytes', 'bytes'], 'Bytes sent to the storage layer.'),
    counter('io_read_chars_total', ['/proc/PID/io', 'rchar', 'bytes'], 'Bytes read by system calls, from the page cache included.'),
    counter('io_written_chars_total', ['/proc/PID/io', 'wchar', 'bytes'], 'Bytes written by system calls, to the page cache included.'),
    counter('io_cancelled_write_bytes_total', ['/proc/PID/io', 'cancelled_write_bytes', 'bytes'], 'Bytes whose write was cancelled by truncation.'),
    counter('network_receive_bytes_total', ['/proc/PID/net/dev', 'receive_bytes', 'bytes'], `Bytes received. ${namespace}`),
    counter('network_receive_packets_total', ['/proc/PID/net/dev', 'receive_packets', 'count'], `Packets received. ${namespace}`),
    counter('network_transmit_bytes_total', ['/proc/PID/net/dev', 'transmit_bytes', 'bytes'], `Bytes sent. ${namespace}`),
    counter('network_transmit_packets_total', ['/proc/PID/net/dev', 'transmit_packets', 'count'], `Packets sent. ${namespace}`),
  ],
};
