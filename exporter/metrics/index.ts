import { containerDiskTable, containerInfo, containerNetworkTable, containerTable } from './container.ts';
import { nodeDiskTable, nodeInfo, nodeNetworkTable, nodeTable } from './node.ts';
import { processTable } from './process.ts';
import type { InfoMetric, KernelUnit, Metric, Scope, Table } from './spec.ts';

/** Every table, in the order of the exposition and of METRICS.md. */
export const tables: readonly Table[] = [
  nodeTable,
  nodeDiskTable,
  nodeNetworkTable,
  containerTable,
  containerDiskTable,
  containerNetworkTable,
  processTable,
];

export const infos: readonly {
  readonly scope: Scope;
  readonly info: InfoMetric;
  readonly labels: readonly string[];
}[] = [
  { scope: 'node', info: nodeInfo, labels: nodeTable.labels },
  { scope: 'container', info: containerInfo, labels: containerTable.labels },
];

/** `kubemon_container_` and so on: what every name of the scope begins with. */
export function prefix(scope: Scope): string {
  return `kubemon_${scope}_`;
}

/** The CSV column: the name without prefix, a mode inside it: cpu_guest_nice_seconds_total. */
export function columnName(metric: Metric): string {
  if (metric.mode === undefined) return metric.name;
  return metric.name.replace(/_seconds_total$/, `_${metric.mode}_seconds_total`);
}

/** The Prometheus base unit of a sample; undefined for plain counts. */
export function baseUnit(metric: Metric): 'seconds' | 'bytes' | 'cores' | undefined {
  const source = metric.source.v1 ?? metric.source.v2;
  return source && baseUnits[source[2]];
}

const baseUnits: Record<KernelUnit, 'seconds' | 'bytes' | 'cores' | undefined> = {
  count: undefined,
  load: undefined,
  bytes: 'bytes',
  KiB: 'bytes',
  pages: 'bytes',
  sectors: 'bytes',
  ticks: 'seconds',
  ms: 'seconds',
  us: 'seconds',
  ns: 'seconds',
  seconds: 'seconds',
  cores: 'cores',
};

/** Counts and bytes are whole numbers; they may exceed what a double tells apart. */
export function isWhole(metric: Metric): boolean {
  const unit = baseUnit(metric);
  if (unit !== undefined) return unit === 'bytes';
  const source = metric.source.v1 ?? metric.source.v2;
  return source?.[2] === 'count';
}

/** The kernel files that a table reads on this cgroup version, each once. */
export function filesOf<File extends string>(table: Table<File>, version: 'v1' | 'v2'): readonly File[] {
  return [...new Set(table.metrics.flatMap(({ source }) => source[version]?.[0] ?? []))];
}

/** The fields that a table reads of one kernel file. */
export function fieldsOf(table: Table, file: string, version: 'v1' | 'v2'): readonly string[] {
  return table.metrics.flatMap(({ source }) => {
    const from = source[version];
    return from?.[0] === file ? [from[1]] : [];
  });
}
