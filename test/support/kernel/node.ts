import { readdirSync } from 'node:fs';
import { type Readings, seriesKey } from '../series.ts';
import { clockTicks, keyed, lines, networkDevices, pageSize, pressure } from './files.ts';

/** What the kernel says of the machine, under the exporter's names and in its units. */
export function readNode(): Readings {
  const readings: Readings = new Map();
  function add(name: string, value: number | undefined, labels: Readonly<Record<string, string>> = {}): void {
    if (value !== undefined) readings.set(seriesKey(`kubemon_node_${name}`, labels), value);
  }

  const stat = new Map((lines('/proc/stat') ?? []).map((line) => [line.split(' ')[0] ?? '', line]));
  const first = (key: string) => Number(stat.get(key)?.split(' ')[1]);
  add('context_switches_total', first('ctxt'));
  add('interrupts_total', first('intr'));
  add('soft_interrupts_total', first('softirq'));
  add('forks_total', first('processes'));
  add('processes_running', first('procs_running'));
  add('processes_blocked', first('procs_blocked'));
  add('boot_time_seconds', first('btime'));
  add('cpus', [...stat.keys()].filter((key) => /^cpu\d+$/.test(key)).length);
  const cpu = (stat.get('cpu') ?? '')
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) / clockTicks);
  const modes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];
  for (const [index, mode] of modes.entries()) add('cpu_seconds_total', cpu[index], { mode });
  add('cpu_guest_seconds_total', cpu[8], { mode: 'user' });
  add('cpu_guest_seconds_total', cpu[9], { mode: 'nice' });

  const vmstat = keyed('/proc/vmstat');
  for (const [name, key, unit] of vmstatFields) {
    const value = vmstat.get(key);
    add(`memory_${name}`, value === undefined ? undefined : value * unit);
  }
  const meminfo = keyed('/proc/meminfo');
  for (const [name, key] of meminfoFields) add(`memory_${name}_bytes`, Number(meminfo.get(key)) * 1024);

  const [load1, load5, load15] = (lines('/proc/loadavg')?.[0] ?? '').split(' ').map(Number);
  add('load1', load1);
  add('load5', load5);
  add('load15', load15);
  for (const resource of ['cpu', 'memory', 'io']) {
    const { some, full } = pressure(`/proc/pressure/${resource}`);
    if (some !== undefined) add(`pressure_${resource}_waiting_seconds_total`, some / 1e6);
    if (full !== undefined && resource !== 'cpu') {
      add(`pressure_${resource}_stalled_seconds_total`, full / 1e6);
    }
  }

  for (const device of readdirSync('/sys/block')) {
    const values = (lines(`/sys/block/${device}/stat`)?.[0] ?? '').trim().split(/\s+/).map(Number);
    for (const [index, [name, factor]] of diskFields.entries()) {
      const value = values[index];
      add(name, value === undefined ? undefined : (value * factor[0]) / factor[1], { device });
    }
  }
  for (const [name, counters] of networkDevices('1')) {
    for (const [counter, value] of Object.entries(counters)) add(counter, value, { interface: name });
  }
  return readings;
}

const vmstatFields: readonly (readonly [name: string, key: string, unit: number])[] = [
  ['active_anon_bytes', 'nr_active_anon', pageSize],
  ['inactive_anon_bytes', 'nr_inactive_anon', pageSize],
  ['active_file_bytes', 'nr_active_file', pageSize],
  ['inactive_file_bytes', 'nr_inactive_file', pageSize],
  ['mapped_bytes', 'nr_mapped', pageSize],
  ['paged_in_bytes_total', 'pgpgin', 1024],
  ['paged_out_bytes_total', 'pgpgout', 1024],
  ['pages_freed_total', 'pgfree', 1],
  ['page_faults_total', 'pgfault', 1],
  ['major_page_faults_total', 'pgmajfault', 1],
  ['pages_reused_total', 'pgreuse', 1],
  ['oom_kills_total', 'oom_kill', 1],
];

const meminfoFields: readonly (readonly [name: string, key: string])[] = [
  ['total', 'MemTotal'],
  ['available', 'MemAvailable'],
  ['free', 'MemFree'],
  ['buffers', 'Buffers'],
  ['cached', 'Cached'],
  ['swap_total', 'SwapTotal'],
  ['swap_free', 'SwapFree'],
];

const plain = [1, 1] as const;
const sectors = [512, 1] as const;
const milliseconds = [1, 1000] as const;
/** The fields of /sys/block/DEV/stat in the kernel's order, with the factor to base units as a fraction. */
const diskFields: readonly (readonly [name: string, factor: readonly [number, number]])[] = [
  ['disk_reads_completed_total', plain],
  ['disk_reads_merged_total', plain],
  ['disk_read_bytes_total', sectors],
  ['disk_read_time_seconds_total', milliseconds],
  ['disk_writes_completed_total', plain],
  ['disk_writes_merged_total', plain],
  ['disk_written_bytes_total', sectors],
  ['disk_write_time_seconds_total', milliseconds],
  ['disk_io_in_flight', plain],
  ['disk_io_time_seconds_total', milliseconds],
  ['disk_io_time_weighted_seconds_total', milliseconds],
  ['disk_discards_completed_total', plain],
  ['disk_discards_merged_total', plain],
  ['disk_discarded_bytes_total', sectors],
  ['disk_discard_time_seconds_total', milliseconds],
  ['disk_flush_requests_total', plain],
  ['disk_flush_time_seconds_total', milliseconds],
];
