import { dashboard } from './dashboard.ts';
import { containerLinks, processLink } from './links.ts';
import { realDevices } from './matchers.ts';
import { lines, table } from './panels.ts';
import { containerPressure } from './pressure.ts';
import { ofContainer, podNetwork, rate, selectors, sum } from './series.ts';

const filters = ['cluster', 'node', 'namespace', 'pod', 'container', 'container_id'] as const;
const selected = selectors(filters);
const { container } = selected;

const label = '{{pod}} {{container}}';
const gauge = (name: string) => sum(ofContainer, container(name));
const perSecond = (name: string) => sum(ofContainer, rate(container(name)));
const line = (name: string, what: string) => ({ expr: perSecond(name), legend: `${label} ${what}` });
const disks = (name: string, what: string) => ({
  expr: sum(ofContainer, rate(container(name, realDevices))),
  legend: `${label} ${what}`,
});
const pods = (name: string, what: string) => ({
  expr: podNetwork(container, name),
  legend: `${label} ${what}`,
});

const cpu = perSecond('cpu_usage_seconds_total');
const workingSet = gauge('memory_working_set_bytes');
const noDisk = 'No data: see "Metrics that are missing" on the dashboard Recording.';

export const containerDashboard = dashboard({
  uid: 'kubemon-container',
  title: 'kubemon / Container',
  description: 'Containers against their limits: CPU, memory, disk, network, pressure.',
  filters,
  rows: [
    {
      title: 'Containers',
      panels: [
        table({
          title: 'Containers',
          hidden: ['cluster'],
          links: containerLinks('cell'),
          columns: [
            { expr: cpu, legend: 'CPU (cores)', unit: 'short' },
            { expr: gauge('cpu_limit_cores'), legend: 'CPU limit (cores)', unit: 'short' },
            { expr: workingSet, legend: 'Memory (working set)', unit: 'bytes' },
            { expr: gauge('memory_limit_bytes'), legend: 'Memory limit', unit: 'bytes' },
            { expr: gauge('pids'), legend: 'Processes and threads', unit: 'none' },
            {
              expr: `time() - ${sum(ofContainer, container('start_time_seconds'))}`,
              legend: 'Age',
              unit: 's',
            },
          ],
        }),
      ],
    },
    {
      title: 'CPU',
      panels: [
        lines({
          title: 'CPU',
          unit: 'suffix: cores',
          links: [processLink('line')],
          queries: [
            { expr: cpu, legend: `${label} used` },
            { expr: gauge('cpu_limit_cores'), legend: `${label} limit` },
          ],
        }),
        lines({
          title: 'CPU: user and system',
          unit: 'suffix: cores',
          queries: [line('cpu_user_seconds_total', 'user'), line('cpu_system_seconds_total', 'system')],
        }),
        lines({
          title: 'Throttled periods',
          description: 'Share of the enforcement periods in which the container had used up its CPU limit.',
          unit: 'percentunit',
          max: 1,
          nothing: 'No container here has a CPU limit and work to do.',
          queries: [
            {
              expr: `${perSecond('cpu_throttled_periods_total')} / (${perSecond('cpu_periods_total')} > 0)`,
              legend: label,
            },
          ],
        }),
        lines({
          title: 'Throttled time',
          description: 'Seconds a second, of all CPUs.',
          unit: 's',
          queries: [{ expr: perSecond('cpu_throttled_seconds_total'), legend: label }],
        }),
      ],
    },
    {
      title: 'Memory',
      panels: [
        lines({
          title: 'Memory (working set)',
          description: 'What the kubelet evicts by, and the limit at which the kernel kills.',
          unit: 'bytes',
          queries: [
            { expr: workingSet, legend: `${label} working set` },
            { expr: gauge('memory_limit_bytes'), legend: `${label} limit` },
          ],
        }),
        lines({
          title: 'Memory by kind',
          unit: 'bytes',
          queries: [
            { expr: gauge('memory_rss_bytes'), legend: `${label} anonymous` },
            { expr: gauge('memory_cache_bytes'), legend: `${label} page cache` },
            { expr: gauge('memory_swap_bytes'), legend: `${label} swapped out` },
          ],
        }),
        lines({
          title: 'Page faults',
          unit: 'ops',
          queries: [
            line('memory_page_faults_total', 'all'),
            line('memory_major_page_faults_total', 'with I/O'),
          ],
        }),
        lines({
          title: 'Processes killed for lack of memory',
          unit: 'none',
          queries: [
            {
              expr: sum(ofContainer, `increase(${container('memory_oom_kills_total')}[$__rate_interval])`),
              legend: label,
            },
          ],
        }),
      ],
    },
    {
      title: 'Disk and network',
      panels: [
        lines({
          title: 'Disk throughput',
          unit: 'Bps',
          nothing: noDisk,
          queries: [disks('disk_read_bytes_total', 'read'), disks('disk_written_bytes_total', 'written')],
        }),
        lines({
          title: 'Disk requests',
          unit: 'iops',
          nothing: noDisk,
          queries: [disks('disk_reads_total', 'reads'), disks('disk_writes_total', 'writes')],
        }),
        lines({
          title: 'Network throughput of pods',
          description:
            'Containers of a pod share its network; a container of no pod stands for itself. On the network of the host there is none of its own.',
          unit: 'Bps',
          queries: [
            pods('network_receive_bytes_total', 'received'),
            pods('network_transmit_bytes_total', 'sent'),
          ],
        }),
        lines({
          title: 'Network errors and drops of pods',
          unit: 'pps',
          queries: [
            pods('network_receive_errors_total', 'receive errors'),
            pods('network_transmit_errors_total', 'send errors'),
            pods('network_receive_drops_total', 'dropped'),
            pods('network_transmit_drops_total', 'dropped on sending'),
          ],
        }),
      ],
    },
    {
      title: 'Pressure and processes',
      panels: [
        ...containerPressure(selected),
        lines({
          title: 'Processes and threads',
          unit: 'none',
          links: [processLink('line')],
          queries: [{ expr: gauge('pids'), legend: label }],
        }),
      ],
    },
  ],
});
