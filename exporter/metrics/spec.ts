/**
 * The vocabulary of the metric table. The table is data: from it come the exposition, the CSV
 * columns, METRICS.md and the tests. A metric is added by adding one entry to a table file.
 */

/** How the kernel counts; the exporter converts to Prometheus base units exactly. */
export type KernelUnit =
  | 'count'
  | 'bytes'
  | 'KiB'
  | 'pages'
  | 'sectors'
  | 'ticks'
  | 'ms'
  | 'us'
  | 'ns'
  | 'seconds'
  | 'cores'
  | 'load';

/** Where a value is read: kernel file, field in it, the kernel's unit. */
export type Source<File extends string = string> = readonly [file: File, field: string, unit: KernelUnit];

/** A source for each cgroup version; a version that lacks the value has none. */
export interface VersionedSource<File extends string = string> {
  readonly v1?: Source<File>;
  readonly v2?: Source<File>;
}

export interface Metric<File extends string = string> {
  /** Without the prefix `kubemon_<scope>_`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** Value of the label `mode`, for the CPU families. */
  readonly mode?: string;
  /** Absent where there is no limit: that is a reading, not something that this machine lacks. */
  readonly unlimited?: true;
  readonly source: VersionedSource<File>;
}

/** A metric of constant value 1 whose labels describe; not a CSV column. */
export interface InfoMetric {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export type Scope = 'node' | 'container' | 'process';

/** All metrics of one kind of thing: one CSV file, one set of identity labels. */
export interface Table<File extends string = string> {
  readonly name: TableName;
  readonly scope: Scope;
  readonly labels: readonly string[];
  readonly metrics: readonly Metric<File>[];
}

export type TableName =
  'node' | 'node_disk' | 'node_network' | 'container' | 'container_disk' | 'container_network' | 'process';

type GaugeName<Name extends string> = Name extends `${string}_total` ? never : Name;

/** A counter. Its name ends in `_total`, or it does not compile. */
export function counter<File extends string>(
  name: `${string}_total`,
  source: Source<File> | VersionedSource<File>,
  help: string,
): Metric<File> {
  return { name, type: 'counter', help, source: versioned(source) };
}

/** A gauge. Its name does not end in `_total`, or it does not compile. */
export function gauge<Name extends string, File extends string>(
  name: GaugeName<Name>,
  source: Source<File> | VersionedSource<File>,
  help: string,
): Metric<File> {
  return { name, type: 'gauge', help, source: versioned(source) };
}

/** A limit, which a thing need not have. */
export function limit<Name extends string, File extends string>(
  name: GaugeName<Name>,
  source: Source<File> | VersionedSource<File>,
  help: string,
): Metric<File> {
  return { ...gauge(name, source, help), unlimited: true };
}

/** One counter a mode: the same family, told apart by the label `mode`. */
export function counterPerMode<File extends string>(
  name: `${string}_total`,
  modes: readonly string[],
  source: (mode: string) => Source<File>,
  help: string,
): readonly Metric<File>[] {
  return modes.map((mode) => ({ ...counter(name, source(mode), help), mode }));
}

function versioned<File extends string>(source: Source<File> | VersionedSource<File>): VersionedSource<File> {
  return isSource(source) ? { v1: source, v2: source } : source;
}

function isSource<File extends string>(source: Source<File> | VersionedSource<File>): source is Source<File> {
  return Array.isArray(source);
}
