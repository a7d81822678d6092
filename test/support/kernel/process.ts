import { readdirSync } from 'node:fs';
import { type Readings, seriesKey } from '../series.ts';
import { clockTicks, keyed, lines, networkDevices, pageSize } from './files.ts';

export interface Member {
  readonly pid: string;
  /** As the exporter shows it: without control characters. */
  readonly comm: string;
}

/** Every process in the container's cgroup or below it, found by what the process itself is in. */
export function membersOf(id: string): readonly Member[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const members = pids.filter((pid) =>
    (lines(`/proc/${pid}/cgroup`) ?? []).some((line) => line.includes(id)),
  );
  return members.flatMap((pid) => {
    const comm = lines(`/proc/${pid}/comm`)?.join('\n');
    // oxlint-disable-next-line no-control-regex -- they are what is to be stripped
    return comm === undefined ? [] : [{ pid, comm: comm.replaceAll(/[\u0000-\u001f\u007f]/g, '') }];
  });
}

/** What the kernel says of one process of a container, under the exporter's names and in its units. */
export function readProcess(id: string, { pid }: Member): Readings {
  const readings: Readings = new Map();
  const labels = { container_id: id.slice(0, 12), pid };
  function add(name: string, value: number | undefined): void {
    if (value !== undefined) readings.set(seriesKey(`kubemon_process_${name}`, labels), value);
  }

  const stat = statFields(pid);
  if (stat === undefined) return readings;
  add('cpu_user_seconds_total', stat(14) / clockTicks);
  add('cpu_system_seconds_total', stat(15) / clockTicks);
  add('children_cpu_user_seconds_total', stat(16) / clockTicks);
  add('children_cpu_system_seconds_total', stat(17) / clockTicks);
  if (lines('/proc/sys/kernel/task_delayacct')?.[0] === '1') {
    add('cpu_iowait_seconds_total', stat(42) / clockTicks);
  }
  add('page_faults_total', stat(10) + stat(12));
  add('major_page_faults_total', stat(12));
  add('threads', stat(20));
  add('start_time_seconds', bootTime() + stat(22) / clockTicks);

  const pages = (lines(`/proc/${pid}/statm`)?.[0] ?? '').split(' ').map((text) => Number(text) * pageSize);
  for (const [index, name] of statmNames.entries()) {
    if (name !== undefined) add(`memory_${name}_bytes`, pages[index]);
  }
  const io = keyed(`/proc/${pid}/io`);
  for (const [name, key] of ioFields) add(`io_${name}_total`, io.get(key));
  const devices = [...networkDevices(pid)].filter(([name]) => name !== 'lo').map(([, counters]) => counters);
  for (const name of networkNames) {
    add(
      name,
      devices.reduce((sum, counters) => sum + Number(counters[name]), 0),
    );
  }
  return readings;
}

/** Fields of /proc/PID/stat, counted from 1 as proc(5) does. */
function statFields(pid: string): ((field: number) => number) | undefined {
  const text = lines(`/proc/${pid}/stat`)?.join('\n');
  if (text === undefined) return undefined;
  const afterComm = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (field) => Number(afterComm[field - 3]);
}

/** Clock ticks after boot; Infinity when the process is gone. */
export function startTicks(pid: string): number {
  return statFields(pid)?.(22) ?? Infinity;
}

/** Seconds since the epoch. */
export function bootTime(): number {
  return Number(keyed('/proc/stat').get('btime'));
}

const statmNames = ['size', 'resident', 'shared', 'text', undefined, 'data'];

const ioFields: readonly (readonly [name: string, key: string])[] = [
  ['reads', 'syscr'],
  ['writes', 'syscw'],
  ['read_bytes', 'read_bytes'],
  ['written_bytes', 'write_bytes'],
  ['read_chars', 'rchar'],
  ['written_chars', 'wchar'],
  ['cancelled_write_bytes', 'cancelled_write_bytes'],
];

const networkNames = [
  'network_receive_bytes_total',
  'network_receive_packets_total',
  'network_transmit_bytes_total',
  'network_transmit_packets_total',
];
