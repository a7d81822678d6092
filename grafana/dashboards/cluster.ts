import { dashboard } from './dashboard.ts';
import { containerLinks, nodeLink } from './links.ts';
import { inUse, outerInterfaces, realDevices } from './matchers.ts';
import { lines, stat, table } from './panels.ts';
import { nodePressure } from './pressure.ts';
import { ofContainer, ofNode, podNetwork, rate, selectors, sum, top } from './series.ts';

const filters = ['cluster', 'node', 'namespace'] as const;
const selected = selectors(filters);
const { node, container, process, recorder } = selected;

const busyCpu = sum(ofNode, rate(node('cpu_seconds_total', inUse)));
const cpus = sum(ofNode, node('cpus'));
const usedMemory = sum(ofNode, `${node('memory_total_bytes')} - ${node('memory_available_bytes')}`);
const memory = sum(ofNode, node('memory_total_bytes'));
const disk = (way: 'read' | 'written') => sum(ofNode, rate(node(`disk_${way}_bytes_total`, realDevices)));
const network = (way: 'receive' | 'transmit') =>
  sum(ofNode, rate(node(`network_${way}_bytes_total`, outerInterfaces)));
const cpuOfContainers = sum(ofContainer, rate(container('cpu_usage_seconds_total')));
const memoryOfContainers = sum(ofContainer, container('memory_working_set_bytes'));

export const clusterDashboard = dashboard({
  uid: 'kubemon-cluster',
  title: 'kubemon / Cluster',
  description: 'All nodes side by side, and what is busiest on them.',
  filters,
  rows: [
    {
      title: 'Overview',
      panels: [
        stat({
          title: 'Nodes',
          unit: 'none',
          queries: [{ expr: `count(${node('info')})`, legend: 'nodes' }],
        }),
        stat({ title: 'CPUs', unit: 'none', queries: [{ expr: `sum(${node('cpus')})`, legend: 'CPUs' }] }),
        stat({
          title: 'Memory',
          unit: 'bytes',
          queries: [{ expr: `sum(${node('memory_total_bytes')})`, legend: 'memory' }],
        }),
        stat({
          title: 'Containers',
          unit: 'none',
          queries: [{ expr: `count(${container('info')})`, legend: 'containers' }],
        }),
        stat({
          title: 'Processes in them',
          unit: 'none',
          queries: [{ expr: `count(${process('threads')})`, legend: 'processes' }],
        }),
        stat({
          title: 'Runs being recorded',
          unit: 'none',
          queries: [
            { expr: `count(${recorder('kubemon_recorder_run_active')}) or vector(0)`, legend: 'runs' },
          ],
        }),
        table({
          title: 'Each node',
          hidden: ['cluster'],
          links: [nodeLink('cell')],
          columns: [
            { expr: `${busyCpu} / ${cpus}`, legend: 'CPU', unit: 'percentunit' },
            { expr: `${usedMemory} / ${memory}`, legend: 'Memory', unit: 'percentunit' },
            { expr: sum(ofNode, node('load1')), legend: 'Load', unit: 'short' },
            { expr: disk('read'), legend: 'Disk read', unit: 'Bps' },
            { expr: disk('written'), legend: 'Disk written', unit: 'Bps' },
            { expr: network('receive'), legend: 'Received', unit: 'Bps' },
            { expr: network('transmit'), legend: 'Sent', unit: 'Bps' },
          ],
        }),
      ],
    },
    {
      title: 'Nodes',
      panels: [
        lines({
          title: 'CPU in use',
          unit: 'suffix: cores',
          links: [nodeLink('line')],
          queries: [{ expr: busyCpu, legend: '{{node}}' }],
        }),
        lines({
          title: 'Memory in use',
          description: 'What is not available for new work without swapping.',
          unit: 'bytes',
          links: [nodeLink('line')],
          queries: [{ expr: usedMemory, legend: '{{node}}' }],
        }),
        lines({
          title: 'Disk',
          unit: 'Bps',
          links: [nodeLink('line')],
          queries: [
            { expr: disk('read'), legend: '{{node}} read' },
            { expr: disk('written'), legend: '{{node}} written' },
          ],
        }),
        lines({
          title: 'Network',
          unit: 'Bps',
          links: [nodeLink('line')],
          queries: [
            { expr: network('receive'), legend: '{{node}} received' },
            { expr: network('transmit'), legend: '{{node}} sent' },
          ],
        }),
        ...nodePressure(selected),
      ],
    },
    {
      title: 'Busiest',
      panels: [
        lines({
          title: 'CPU: ten containers',
          unit: 'suffix: cores',
          links: containerLinks('line'),
          queries: [{ expr: top(10, cpuOfContainers), legend: '{{node}} {{pod}} {{container}}' }],
        }),
        lines({
          title: 'Memory (working set): ten containers',
          unit: 'bytes',
          links: containerLinks('line'),
          queries: [{ expr: top(10, memoryOfContainers), legend: '{{node}} {{pod}} {{container}}' }],
        }),
        lines({
          title: 'Received: ten pods',
          description: 'Containers of a pod share its network; a container of no pod stands for itself.',
          unit: 'Bps',
          queries: [
            {
              expr: top(10, podNetwork(container, 'network_receive_bytes_total')),
              legend: '{{node}} {{pod}} {{container}}',
            },
          ],
        }),
        lines({
          title: 'Sent: ten pods',
          unit: 'Bps',
          queries: [
            {
              expr: top(10, podNetwork(container, 'network_transmit_bytes_total')),
              legend: '{{node}} {{pod}} {{container}}',
            },
          ],
        }),
        lines({
          title: 'CPU by namespace',
          unit: 'suffix: cores',
          stacked: true,
          queries: [
            { expr: sum(['namespace'], rate(container('cpu_usage_seconds_total'))), legend: '{{namespace}}' },
          ],
        }),
        lines({
          title: 'Memory (working set) by namespace',
          unit: 'bytes',
          stacked: true,
          queries: [
            { expr: sum(['namespace'], container('memory_working_set_bytes')), legend: '{{namespace}}' },
          ],
        }),
      ],
    },
  ],
});
