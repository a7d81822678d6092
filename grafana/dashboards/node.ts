import { dashboard } from './dashboard.ts';
import { containerLinks } from './links.ts';
import { inUse, realDevices } from './matchers.ts';
import { lines, stat, table } from './panels.ts';
import { nodePressure } from './pressure.ts';
import { max, ofContainer, ofNode, rate, selectors, sum, top } from './series.ts';

const filters = ['cluster', 'node'] as const;
const selected = selectors(filters);
const { node, container } = selected;

const byDevice = [...ofNode, 'device'];
const byInterface = [...ofNode, 'interface'];

/** The sum of a gauge, or of a counter's rate, by node. */
const gauge = (name: string) => sum(ofNode, node(name));
const perSecond = (name: string) => sum(ofNode, rate(node(name)));
const cpuByMode = (modes: string) => sum([...ofNode, 'mode'], rate(node('cpu_seconds_total', modes)));
const perDevice = (name: string) => sum(byDevice, rate(node(name)));
const perInterface = (name: string) => sum(byInterface, rate(node(name)));

export const nodeDashboard = dashboard({
  uid: 'kubemon-node',
  title: 'kubemon / Node',
  description: 'One machine, or several: CPU, memory, disks, network, pressure, and its containers.',
  filters,
  rows: [
    {
      title: 'Machine',
      panels: [
        table({
          title: 'Machines',
          hidden: ['cluster'],
          width: 16,
          columns: [
            {
              expr: `${node('info')} * on (cluster, instance, job) group_left () ${node('cpus')}`,
              legend: 'CPUs',
              unit: 'none',
            },
          ],
        }),
        stat({
          title: 'Up for',
          unit: 's',
          width: 8,
          queries: [{ expr: `time() - ${max(ofNode, node('boot_time_seconds'))}`, legend: '{{node}}' }],
        }),
      ],
    },
    {
      title: 'CPU',
      panels: [
        lines({
          title: 'CPU by mode',
          description:
            'What is in use: without idle time and the wait for I/O. Steal is a line of its own: another virtual machine had that time.',
          unit: 'suffix: cores',
          stacked: true,
          queries: [
            { expr: cpuByMode(inUse), legend: '{{node}} {{mode}}' },
            { expr: cpuByMode('mode="steal"'), legend: '{{node}} {{mode}}', apart: true },
          ],
        }),
        lines({
          title: 'Load',
          unit: 'short',
          queries: [
            { expr: gauge('load1'), legend: '{{node}} 1 minute' },
            { expr: gauge('load5'), legend: '{{node}} 5 minutes' },
            { expr: gauge('processes_running'), legend: '{{node}} running' },
            { expr: gauge('processes_blocked'), legend: '{{node}} blocked by I/O' },
          ],
        }),
        lines({
          title: 'What the kernel does',
          description: 'System calls are counted only where COLLECT_SYSCALLS asks for it.',
          unit: 'ops',
          queries: [
            { expr: perSecond('context_switches_total'), legend: '{{node}} context switches' },
            { expr: perSecond('interrupts_total'), legend: '{{node}} interrupts' },
            { expr: perSecond('soft_interrupts_total'), legend: '{{node}} soft interrupts' },
            { expr: perSecond('forks_total'), legend: '{{node}} forks' },
            { expr: perSecond('syscalls_total'), legend: '{{node}} system calls' },
          ],
        }),
        lines({
          title: 'Idle while I/O is outstanding',
          unit: 'suffix: cores',
          queries: [
            { expr: sum(ofNode, rate(node('cpu_seconds_total', 'mode="iowait"'))), legend: '{{node}}' },
          ],
        }),
      ],
    },
    {
      title: 'Memory',
      panels: [
        lines({
          title: 'Memory',
          unit: 'bytes',
          queries: [
            {
              expr: sum(ofNode, `${node('memory_total_bytes')} - ${node('memory_available_bytes')}`),
              legend: '{{node}} in use',
            },
            { expr: gauge('memory_cached_bytes'), legend: '{{node}} page cache' },
            { expr: gauge('memory_free_bytes'), legend: '{{node}} free' },
            { expr: gauge('memory_total_bytes'), legend: '{{node}} total' },
          ],
        }),
        lines({
          title: 'Page faults',
          unit: 'ops',
          queries: [
            { expr: perSecond('memory_page_faults_total'), legend: '{{node}} all' },
            { expr: perSecond('memory_major_page_faults_total'), legend: '{{node}} with I/O' },
          ],
        }),
        lines({
          title: 'Read and written by paging',
          description: 'File systems included: all that the page cache reads and writes.',
          unit: 'Bps',
          queries: [
            { expr: perSecond('memory_paged_in_bytes_total'), legend: '{{node}} in' },
            { expr: perSecond('memory_paged_out_bytes_total'), legend: '{{node}} out' },
          ],
        }),
        lines({
          title: 'Processes killed for lack of memory',
          unit: 'none',
          queries: [
            {
              expr: sum(ofNode, `increase(${node('memory_oom_kills_total')}[$__rate_interval])`),
              legend: '{{node}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Disks',
      panels: [
        lines({
          title: 'Disk throughput',
          unit: 'Bps',
          queries: [
            { expr: perDevice('disk_read_bytes_total'), legend: '{{node}} {{device}} read' },
            { expr: perDevice('disk_written_bytes_total'), legend: '{{node}} {{device}} written' },
          ],
        }),
        lines({
          title: 'Disk requests',
          unit: 'iops',
          queries: [
            { expr: perDevice('disk_reads_completed_total'), legend: '{{node}} {{device}} reads' },
            { expr: perDevice('disk_writes_completed_total'), legend: '{{node}} {{device}} writes' },
          ],
        }),
        lines({
          title: 'Disk busy',
          description: 'Share of the time in which requests were in flight.',
          unit: 'percentunit',
          queries: [{ expr: perDevice('disk_io_time_seconds_total'), legend: '{{node}} {{device}}' }],
        }),
        lines({
          title: 'Time of a write',
          unit: 's',
          nothing: 'Nothing was written.',
          queries: [
            {
              expr: `${perDevice('disk_write_time_seconds_total')} / (${perDevice('disk_writes_completed_total')} > 0)`,
              legend: '{{node}} {{device}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Network',
      panels: [
        lines({
          title: 'Network throughput',
          unit: 'Bps',
          queries: [
            { expr: perInterface('network_receive_bytes_total'), legend: '{{node}} {{interface}} received' },
            { expr: perInterface('network_transmit_bytes_total'), legend: '{{node}} {{interface}} sent' },
          ],
        }),
        lines({
          title: 'Network errors and drops',
          unit: 'pps',
          queries: [
            {
              expr: perInterface('network_receive_errors_total'),
              legend: '{{node}} {{interface}} receive errors',
            },
            {
              expr: perInterface('network_transmit_errors_total'),
              legend: '{{node}} {{interface}} send errors',
            },
            { expr: perInterface('network_receive_drops_total'), legend: '{{node}} {{interface}} dropped' },
            {
              expr: perInterface('network_transmit_drops_total'),
              legend: '{{node}} {{interface}} dropped on sending',
            },
          ],
        }),
      ],
    },
    { title: 'Pressure', panels: nodePressure(selected) },
    {
      title: 'Containers',
      panels: [
        lines({
          title: 'CPU: ten containers',
          unit: 'suffix: cores',
          links: containerLinks('line'),
          queries: [
            {
              expr: top(10, sum(ofContainer, rate(container('cpu_usage_seconds_total')))),
              legend: '{{node}} {{pod}} {{container}}',
            },
          ],
        }),
        lines({
          title: 'Disk: ten containers',
          unit: 'Bps',
          links: containerLinks('line'),
          nothing: 'No data: see "Metrics that are missing" on the dashboard Recording.',
          queries: [
            {
              expr: top(10, sum(ofContainer, rate(container('disk_bytes_total', realDevices)))),
              legend: '{{node}} {{pod}} {{container}}',
            },
          ],
        }),
      ],
    },
  ],
});
