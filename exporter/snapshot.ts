import type { InfoMetric, Scope, Table } from './metrics/spec.ts';
import type { Reading } from './parse/reading.ts';
import type { Reason } from './source/unavailable.ts';

/** One moment of the machine. */
export interface Snapshot {
  /** Wall clock at the start of collecting, in seconds since the epoch. */
  readonly collectedAt: number;
  /** How long collecting took, in seconds. */
  readonly seconds: number;
  readonly tables: readonly TableRows[];
  readonly infos: readonly InfoRows[];
  readonly collectors: readonly CollectorResult[];
  readonly unavailable: readonly Unavailable[];
}

/** What one collector gives to a snapshot. */
export type Collected = Pick<Snapshot, 'tables' | 'infos'>;

export interface TableRows {
  readonly table: Table;
  readonly rows: readonly Row[];
}

/** One thing: the node, a device, a container, a process. */
export interface Row {
  readonly labels: Labels;
  /** By kernel file, as the table's sources name it. */
  readonly readings: Readonly<Record<string, Reading | undefined>>;
}

export interface InfoRows {
  readonly scope: Scope;
  readonly info: InfoMetric;
  readonly rows: readonly { readonly identity: Labels; readonly description: Labels }[];
}

export interface CollectorResult {
  readonly collector: Scope;
  readonly success: boolean;
  readonly seconds: number;
}

/** A metric, by its full name, that this machine or our permissions do not give, and why: a word. */
export interface Unavailable {
  readonly metric: string;
  readonly reason: Reason;
}

/** Label values of one thing, with their text in the exposition: `a="1",b="2"`. Made once per thing. */
export interface Labels {
  readonly values: readonly string[];
  readonly text: string;
}

export function labels(names: readonly string[], values: readonly string[]): Labels {
  return { values, text: names.map((name, index) => `${name}="${escape(values[index] ?? '')}"`).join(',') };
}

/** The same, of values by name; one that is missing is empty. */
export function labelsOf(names: readonly string[], values: Readonly<Record<string, string>>): Labels {
  return labels(
    names,
    names.map((name) => values[name] ?? ''),
  );
}

/** Label values are escaped as the text format says: backslash, double quote and line feed. */
function escape(value: string): string {
  return value.replaceAll(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
