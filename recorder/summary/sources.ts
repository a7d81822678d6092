import type { TableName } from '../../exporter/metrics/spec.ts';
import { stacked } from '../read/devices.ts';
import type { Measure, UsageScope } from './usage.ts';

/** What a measure of a thing is added up from. */
export interface Source {
  readonly table: TableName;
  readonly measure: Measure;
  readonly plus: readonly string[];
  readonly minus?: readonly string[];
  /** Leaves out parts of the thing that would be counted twice. */
  readonly except?: { readonly label: 'device' | 'interface'; readonly names: RegExp };
}

/** The node itself, and what carries its containers' traffic: that passes another interface, too. */
const inner =
  /^(?:lo$|veth|docker|br-|cni|virbr|cali|cilium|lxc|flannel|tunl|vxlan|kube-|dummy|nodelocaldns)/;

const loopback = /^lo$/;

function disk(table: TableName): readonly Source[] {
  const except = { label: 'device', names: stacked } as const;
  return [
    { table, measure: 'diskReadBytesPerSecond', plus: ['disk_read_bytes_total'], except },
    { table, measure: 'diskWrittenBytesPerSecond', plus: ['disk_written_bytes_total'], except },
  ];
}

function network(table: TableName, names: RegExp): readonly Source[] {
  const except = { label: 'interface', names } as const;
  return [
    { table, measure: 'networkReceiveBytesPerSecond', plus: ['network_receive_bytes_total'], except },
    { table, measure: 'networkTransmitBytesPerSecond', plus: ['network_transmit_bytes_total'], except },
  ];
}

/** By scope; the first table has a row for each thing. */
export const sources: Readonly<Record<UsageScope, readonly [Source, ...Source[]]>> = {
  node: [
    {
      table: 'node',
      measure: 'cpuCores',
      plus: ['user', 'nice', 'system', 'irq', 'softirq'].map((mode) => `cpu_${mode}_seconds_total`),
    },
    {
      table: 'node',
      measure: 'memoryBytes',
      plus: ['memory_total_bytes'],
      minus: ['memory_available_bytes'],
    },
    ...disk('node_disk'),
    ...network('node_network', inner),
  ],
  container: [
    { table: 'container', measure: 'cpuCores', plus: ['cpu_usage_seconds_total'] },
    { table: 'container', measure: 'memoryBytes', plus: ['memory_working_set_bytes'] },
    ...disk('container_disk'),
    ...network('container_network', loopback),
  ],
  // Its network is that of its namespace: the container's.
  process: [
    {
      table: 'process',
      measure: 'cpuCores',
      plus: ['cpu_user_seconds_total', 'cpu_system_seconds_total'],
    },
    { table: 'process', measure: 'memoryBytes', plus: ['memory_resident_bytes'] },
    { table: 'process', measure: 'diskReadBytesPerSecond', plus: ['io_read_bytes_total'] },
    { table: 'process', measure: 'diskWrittenBytesPerSecond', plus: ['io_written_bytes_total'] },
  ],
};
