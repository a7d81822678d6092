import { readdirSync, readFileSync, statSync } from 'node:fs';
import { type Readings, seriesKey } from '../series.ts';
import { clockTicks, keyed, lines, networkDevices, pressure, single, unified, words } from './files.ts';
import { bootTime, type Member, startTicks } from './process.ts';

/** What the kernel says of one container, under the exporter's names and in its units. */
export function readContainer(id: string, members: readonly Member[]): Readings {
  const readings: Readings = new Map();
  const container_id = id.slice(0, 12);
  function add(name: string, value: number | undefined, labels: Readonly<Record<string, string>> = {}): void {
    if (value === undefined || Number.isNaN(value)) return;
    readings.set(seriesKey(`kubemon_container_${name}`, { container_id, ...labels }), value);
  }
  const oldest = members.toSorted((a, b) => startTicks(a.pid) - startTicks(b.pid))[0];
  if (oldest === undefined) return readings;
  add('start_time_seconds', bootTime() + startTicks(oldest.pid) / clockTicks);
  const folder = cgroupFolders(oldest.pid);
  if (unified) readV2(folder(''), add);
  else readV1(folder, add);
  if (!onHostNetwork(oldest.pid)) {
    for (const [name, counters] of networkDevices(oldest.pid)) {
      for (const [counter, value] of Object.entries(counters)) add(counter, value, { interface: name });
    }
  }
  return readings;
}

type Add = (name: string, value: number | undefined, labels?: Readonly<Record<string, string>>) => void;

/** Controller ('' for v2) to folder, from lines such as `4:memory:/docker/ID` and `0::/docker/ID`. */
function cgroupFolders(pid: string): (controller: string) => string {
  const rows = (lines(`/proc/${pid}/cgroup`) ?? []).map((line) => line.split(':'));
  return (controller) => {
    const row = rows.find(([, controllers = '']) => controllers.split(',').includes(controller));
    if (row === undefined) throw new Error(`Process ${pid} is in no cgroup of "${controller}".`);
    return `/sys/fs/cgroup/${controller}${row.slice(2).join(':')}`;
  };
}

function readV1(folder: (controller: string) => string, add: Add): void {
  const cpuacct = keyed(`${folder('cpuacct')}/cpuacct.stat`);
  add('cpu_user_seconds_total', Number(cpuacct.get('user')) / clockTicks);
  add('cpu_system_seconds_total', Number(cpuacct.get('system')) / clockTicks);
  add('cpu_usage_seconds_total', Number(single(`${folder('cpuacct')}/cpuacct.usage`)) / 1e9);
  const cpu = keyed(`${folder('cpu')}/cpu.stat`);
  addPeriods(cpu, add);
  add('cpu_throttled_seconds_total', Number(cpu.get('throttled_time')) / 1e9);
  add('cpu_burst_seconds_total', Number(cpu.get('burst_time')) / 1e9);
  const quota = single(`${folder('cpu')}/cpu.cfs_quota_us`);
  if (quota !== undefined)
    add('cpu_limit_cores', quota / Number(single(`${folder('cpu')}/cpu.cfs_period_us`)));

  const stat = keyed(`${folder('memory')}/memory.stat`);
  for (const name of ['mapped_file', ...lru]) add(`memory_${name}_bytes`, stat.get(`total_${name}`));
  add('memory_rss_bytes', stat.get('total_rss'));
  add('memory_cache_bytes', stat.get('total_cache'));
  add('memory_swap_bytes', stat.get('total_swap'));
  add('memory_paged_in_total', stat.get('total_pgpgin'));
  add('memory_paged_out_total', stat.get('total_pgpgout'));
  add('memory_page_faults_total', stat.get('total_pgfault'));
  add('memory_major_page_faults_total', stat.get('total_pgmajfault'));
  const usage = Number(single(`${folder('memory')}/memory.usage_in_bytes`));
  add('memory_usage_bytes', usage);
  add('memory_working_set_bytes', Math.max(0, usage - Number(stat.get('total_inactive_file'))));
  const limit = single(`${folder('memory')}/memory.limit_in_bytes`);
  if (limit !== undefined && limit < 2 ** 62) add('memory_limit_bytes', limit);
  add('memory_oom_kills_total', keyed(`${folder('memory')}/memory.oom_control`).get('oom_kill'));
  add('pids', single(`${folder('pids')}/pids.current`));

  for (const [file, names] of blkioFiles) {
    for (const row of lines(`${folder('blkio')}/blkio.throttle.${file}_recursive`) ?? []) {
      const [number = '', kind = '', value] = row.split(' ');
      const name = names[kind];
      if (name !== undefined) add(name, Number(value), { device: blockDevice(number) });
    }
  }
}

function readV2(folder: string, add: Add): void {
  const cpu = keyed(`${folder}/cpu.stat`);
  add('cpu_user_seconds_total', Number(cpu.get('user_usec')) / 1e6);
  add('cpu_system_seconds_total', Number(cpu.get('system_usec')) / 1e6);
  add('cpu_usage_seconds_total', Number(cpu.get('usage_usec')) / 1e6);
  addPeriods(cpu, add);
  add('cpu_throttled_seconds_total', Number(cpu.get('throttled_usec')) / 1e6);
  add('cpu_burst_seconds_total', Number(cpu.get('burst_usec')) / 1e6);
  const [quota, period] = (lines(`${folder}/cpu.max`)?.[0] ?? '').split(' ').map(Number);
  add('cpu_limit_cores', Number(quota) / Number(period));

  const stat = keyed(`${folder}/memory.stat`);
  for (const name of lru) add(`memory_${name}_bytes`, stat.get(name));
  add('memory_mapped_file_bytes', stat.get('file_mapped'));
  add('memory_rss_bytes', stat.get('anon'));
  add('memory_cache_bytes', stat.get('file'));
  add('memory_page_faults_total', stat.get('pgfault'));
  add('memory_major_page_faults_total', stat.get('pgmajfault'));
  const usage = Number(single(`${folder}/memory.current`));
  add('memory_usage_bytes', usage);
  add('memory_working_set_bytes', Math.max(0, usage - Number(stat.get('inactive_file'))));
  add('memory_limit_bytes', single(`${folder}/memory.max`));
  add('memory_swap_bytes', single(`${folder}/memory.swap.current`));
  add('memory_oom_kills_total', keyed(`${folder}/memory.events`).get('oom_kill'));
  add('pids', single(`${folder}/pids.current`));
  for (const resource of ['cpu', 'memory', 'io']) {
    const { some, full } = pressure(`${folder}/${resource}.pressure`);
    add(`pressure_${resource}_waiting_seconds_total`, Number(some) / 1e6);
    add(`pressure_${resource}_stalled_seconds_total`, Number(full) / 1e6);
  }

  for (const row of lines(`${folder}/io.stat`) ?? []) {
    const [number = '', ...pairs] = row.split(' ');
    if (pairs.length === 0) continue;
    const values = new Map(pairs.map((pair) => [words(pair)[0], Number(words(pair)[1])]));
    const device = blockDevice(number);
    for (const [key, name] of ioStatFields) add(name, values.get(key), { device });
    const total = ['rbytes', 'wbytes', 'dbytes'].reduce((sum, key) => sum + Number(values.get(key)), 0);
    add('disk_bytes_total', total, { device });
  }
}

function addPeriods(cpu: ReadonlyMap<string, number>, add: Add): void {
  add('cpu_periods_total', cpu.get('nr_periods'));
  add('cpu_throttled_periods_total', cpu.get('nr_throttled'));
  add('cpu_bursts_total', cpu.get('nr_bursts'));
}

const lru = ['active_anon', 'inactive_anon', 'active_file', 'inactive_file', 'unevictable'];

const blkioFiles: readonly (readonly [file: string, names: Readonly<Record<string, string>>])[] = [
  [
    'io_service_bytes',
    {
      Read: 'disk_read_bytes_total',
      Write: 'disk_written_bytes_total',
      Sync: 'disk_sync_bytes_total',
      Async: 'disk_async_bytes_total',
      Discard: 'disk_discarded_bytes_total',
      Total: 'disk_bytes_total',
    },
  ],
  ['io_serviced', { Read: 'disk_reads_total', Write: 'disk_writes_total' }],
];

const ioStatFields: readonly (readonly [key: string, name: string])[] = [
  ['rbytes', 'disk_read_bytes_total'],
  ['wbytes', 'disk_written_bytes_total'],
  ['dbytes', 'disk_discarded_bytes_total'],
  ['rios', 'disk_reads_total'],
  ['wios', 'disk_writes_total'],
];

/** The name of a block device by its number, `254:0` to `vda`. */
function blockDevice(number: string): string {
  const found = readdirSync('/sys/block').find(
    (name) => readFileSync(`/sys/block/${name}/dev`, 'utf8').trim() === number,
  );
  return found ?? number;
}

/** The host's network is that of process 1; the tests may run in another. There is one such file for each. */
function onHostNetwork(pid: string): boolean {
  return statSync(`/proc/${pid}/net/dev`).ino === statSync('/proc/1/net/dev').ino;
}
