import type { TableName } from '../../exporter/metrics/spec.ts';
import type { Measure, UsageScope } from '../summary/usage.ts';
import type { Unit } from './quantity.ts';

/** What a chart shows, of what table. */
export interface ChartKind {
  readonly title: string;
  readonly scope: UsageScope;
  readonly table: TableName;
  readonly unit: Unit;
  readonly measures: readonly { readonly measure: Measure; readonly direction?: string }[];
  /** What its lines are, for a sentence. */
  readonly things: string;
}

/** In the order of the page. */
export const chartKinds: readonly ChartKind[] = [
  {
    title: 'CPU of nodes',
    scope: 'node',
    table: 'node',
    unit: 'cores',
    measures: [{ measure: 'cpuCores' }],
    things: 'nodes',
  },
  {
    title: 'Memory of nodes',
    scope: 'node',
    table: 'node',
    unit: 'bytes',
    measures: [{ measure: 'memoryBytes' }],
    things: 'nodes',
  },
  {
    title: 'Disks of nodes',
    scope: 'node',
    table: 'node_disk',
    unit: 'bytesPerSecond',
    measures: [
      { measure: 'diskReadBytesPerSecond', direction: 'read' },
      { measure: 'diskWrittenBytesPerSecond', direction: 'written' },
    ],
    things: 'lines',
  },
  {
    title: 'Network of nodes',
    scope: 'node',
    table: 'node_network',
    unit: 'bytesPerSecond',
    measures: [
      { measure: 'networkReceiveBytesPerSecond', direction: 'received' },
      { measure: 'networkTransmitBytesPerSecond', direction: 'sent' },
    ],
    things: 'lines',
  },
  {
    title: 'Containers by CPU',
    scope: 'container',
    table: 'container',
    unit: 'cores',
    measures: [{ measure: 'cpuCores' }],
    things: 'containers',
  },
  {
    title: 'Containers by memory',
    scope: 'container',
    table: 'container',
    unit: 'bytes',
    measures: [{ measure: 'memoryBytes' }],
    things: 'containers',
  },
  {
    title: 'Processes by CPU',
    scope: 'process',
    table: 'process',
    unit: 'cores',
    measures: [{ measure: 'cpuCores' }],
    things: 'processes',
  },
  {
    title: 'Processes by memory',
    scope: 'process',
    table: 'process',
    unit: 'bytes',
    measures: [{ measure: 'memoryBytes' }],
    things: 'processes',
  },
];
