import type { QueriedSample } from '../../support/prometheus.ts';
import { readExposition, type Sample } from '../../support/series.ts';
import type { Reading } from './load.ts';

/** A query that must equal what the exporter itself counted, and how to find that of its series. */
export interface Comparison {
  readonly dashboard: string;
  readonly panel: string;
  /** Which of the panel's queries. */
  readonly query: number;
  /** The counters that it adds up. */
  readonly metrics: readonly string[];
  readonly of?: (sample: Sample) => boolean;
  /** Labels that its lines are told apart by. */
  readonly by: readonly string[];
  /** Of a pod's containers, which share one network, the largest counts. */
  readonly sharedBy?: 'pod';
  /** Lines below so much a second are left alone: a tick or a packet is more than 5 % of them. */
  readonly floor: number;
  /** What must have been compared, by the first of `by` that it has. */
  readonly includes?: readonly string[];
}

const container = ['pod', 'container'];
/** Of a container of no pod, which may have no name either, the id. */
const network = [...container, 'container_id'];

function isInUse({ labels }: Sample): boolean {
  return !/^(idle|iowait|steal)$/.test(labels['mode'] ?? '');
}

/** The others are made of it, and show the same bytes once more. */
function isRealDevice({ labels }: Sample): boolean {
  return !/^(dm-|md\d)/.test(labels['device'] ?? '');
}

function isPastLoopback({ labels }: Sample): boolean {
  return labels['interface'] !== 'lo';
}

export const comparisons: readonly Comparison[] = [
  {
    dashboard: 'cluster',
    panel: 'CPU in use',
    query: 0,
    by: [],
    floor: 0.1,
    metrics: ['kubemon_node_cpu_seconds_total'],
    of: isInUse,
  },
  {
    dashboard: 'cluster',
    panel: 'CPU: ten containers',
    query: 0,
    by: container,
    floor: 0.1,
    metrics: ['kubemon_container_cpu_usage_seconds_total'],
    includes: ['web-0'],
  },
  {
    dashboard: 'cluster',
    panel: 'Disk',
    query: 1,
    by: [],
    floor: 1e5,
    metrics: ['kubemon_node_disk_written_bytes_total'],
    of: isRealDevice,
  },
  {
    dashboard: 'cluster',
    panel: 'Received: ten pods',
    query: 0,
    by: network,
    sharedBy: 'pod',
    floor: 5000,
    metrics: ['kubemon_container_network_receive_bytes_total'],
    of: isPastLoopback,
    includes: ['sink-0', 'source-0', ''],
  },
  {
    dashboard: 'node',
    panel: 'CPU by mode',
    query: 0,
    by: ['mode'],
    floor: 0.1,
    metrics: ['kubemon_node_cpu_seconds_total'],
    of: isInUse,
    includes: ['user'],
  },
  {
    dashboard: 'node',
    panel: 'Disk throughput',
    query: 1,
    by: ['device'],
    floor: 1e5,
    metrics: ['kubemon_node_disk_written_bytes_total'],
  },
  {
    dashboard: 'node',
    panel: 'Network throughput',
    query: 0,
    by: ['interface'],
    floor: 5000,
    metrics: ['kubemon_node_network_receive_bytes_total'],
  },
  {
    dashboard: 'container',
    panel: 'CPU',
    query: 0,
    by: container,
    floor: 0.1,
    metrics: ['kubemon_container_cpu_usage_seconds_total'],
    includes: ['web-0'],
  },
  {
    dashboard: 'container',
    panel: 'Disk throughput',
    query: 1,
    by: container,
    floor: 1e5,
    metrics: ['kubemon_container_disk_written_bytes_total'],
    of: isRealDevice,
    includes: ['disk-0'],
  },
  {
    dashboard: 'container',
    panel: 'Network throughput of pods',
    query: 1,
    by: network,
    sharedBy: 'pod',
    floor: 5000,
    metrics: ['kubemon_container_network_transmit_bytes_total'],
    of: isPastLoopback,
    includes: ['source-0', 'sink-0', ''],
  },
  {
    dashboard: 'process',
    panel: 'CPU',
    query: 0,
    by: ['pod', 'pid'],
    floor: 0.1,
    metrics: ['kubemon_process_cpu_user_seconds_total', 'kubemon_process_cpu_system_seconds_total'],
    includes: ['web-0'],
  },
];

/** What the exporter counted between two scrapes of Prometheus: at least from the reading after the first to that before the last. */
export interface Counted {
  readonly least: number;
  readonly most: number;
  /** On straight lines between the readings: what holds for a steady load. */
  readonly likely: number;
}

/** By the labels of a comparison, joined by blanks. The moments are by the exporter's clock. */
export function countedBy(
  comparison: Comparison,
  readings: readonly Reading[],
  from: number,
  to: number,
): ReadonlyMap<string, Counted> {
  const [outerStart, innerStart, startShare] = around(comparison, readings, from);
  const [innerEnd, outerEnd, endShare] = around(comparison, readings, to);
  const grown: Grown[] = [];
  for (const [key, { labels, value }] of innerStart) {
    const [before, inner, outer] = [outerStart.get(key), innerEnd.get(key), outerEnd.get(key)];
    if (before === undefined || inner === undefined || outer === undefined) continue;
    const start = before.value + startShare * (value - before.value);
    const end = inner.value + endShare * (outer.value - inner.value);
    grown.push({ labels, least: inner.value - value, most: outer.value - before.value, likely: end - start });
  }
  const seen = comparison.sharedBy === undefined ? grown : largestOfPods(grown);
  const sums = new Map<string, Counted>();
  for (const { labels, least, most, likely } of seen) {
    const key = keyOf(comparison, labels);
    const sum = sums.get(key) ?? { least: 0, most: 0, likely: 0 };
    sums.set(key, { least: least + sum.least, most: most + sum.most, likely: likely + sum.likely });
  }
  return sums;
}

export function keyOf({ by }: Comparison, labels: QueriedSample['metric']): string {
  return by.map((label) => labels[label] ?? '').join(' ');
}

interface Grown extends Counted {
  readonly labels: QueriedSample['metric'];
}

function largestOfPods(grown: readonly Grown[]): readonly Grown[] {
  const largest = new Map<string, Grown>();
  for (const each of grown) {
    const { pod = '', container_id: id = '', interface: name = '' } = each.labels;
    const key = `${pod === '' ? id : pod} ${name}`;
    const labels = pod === '' ? each.labels : { ...each.labels, container: '', container_id: '' };
    if (each.most >= (largest.get(key)?.most ?? 0)) largest.set(key, { ...each, labels });
  }
  return [...largest.values()];
}

type Counters = ReadonlyMap<string, Sample>;

/** The counters in the readings just before and just after a moment, by their labels; where it lies between them. */
function around(
  { metrics, of = () => true }: Comparison,
  readings: readonly Reading[],
  time: number,
): readonly [before: Counters, after: Counters, share: number] {
  const index = readings.findIndex((reading) => reading.time >= time);
  const [before, after] = [readings[index - 1], readings[index]];
  if (before === undefined || after === undefined) throw new Error(`No readings around ${time}.`);
  const counters = ({ text }: Reading) =>
    new Map(
      readExposition(text)
        .filter((sample) => metrics.includes(sample.name) && of(sample))
        .map((sample) => [sample.name + JSON.stringify(sample.labels), sample]),
    );
  return [counters(before), counters(after), (time - before.time) / (after.time - before.time)];
}
