import type { Manifest } from '../run/manifest.ts';

export interface Statistics {
  /** Of a rate what was used over the time that it was seen for; of memory that of the ticks. */
  readonly mean: number;
  /** 95 % of the ticks are at or below it, interpolated linearly as NumPy and pandas do. */
  readonly p95: number;
  readonly max: number;
}

/** What is summed up of each thing. */
export const measures = [
  'cpuCores',
  'memoryBytes',
  'diskReadBytesPerSecond',
  'diskWrittenBytesPerSecond',
  'networkReceiveBytesPerSecond',
  'networkTransmitBytesPerSecond',
] as const;

export type Measure = (typeof measures)[number];

/** What one node, container or process used. A measure is absent where there is nothing to sum up. */
export interface Usage extends Readonly<Partial<Record<Measure, Statistics>>> {
  readonly node: string;
  /** Of containers and processes; '' where not known. */
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly containerId?: string;
  /** Of processes. */
  readonly pid?: string;
  readonly comm?: string;
  /** Ticks of the summary that saw it. */
  readonly ticks: number;
}

export const scopes = ['node', 'container', 'process'] as const;

export type UsageScope = (typeof scopes)[number];

/** The most used first: by the mean; I/O is disk and network together. */
export const sortKeys = ['cpu', 'memory', 'io'] as const;

export type UsageSort = (typeof sortKeys)[number];

/** What nodes, containers and processes used over a run or a part of it. */
export interface UsageSummary {
  /** Absolute path of the run's folder; of a run on a recorder its name. */
  readonly path: string;
  readonly run: string;
  readonly state: Manifest['state'];
  /** The first and the last tick that are summed up; absent without one. */
  readonly from?: string;
  readonly to?: string;
  readonly ticks: number;
  /** False: there were so many values that p95 is off by up to 1 % of itself. */
  readonly isExact: boolean;
  /** How many there are of each. */
  readonly found: Readonly<Partial<Record<UsageScope, number>>>;
  /** Those asked for, the most used first. */
  readonly usage: Readonly<Partial<Record<UsageScope, readonly Usage[]>>>;
}
