import type { Table } from '../../exporter/metrics/spec.ts';

/** One parsed scrape: every sample of the body is in exactly one of rows, infos, own or others. */
export interface Answer {
  readonly rows: readonly Row[];
  readonly infos: readonly Info[];
  /** The exporter's own kubemon_exporter_, process_ and nodejs_ series: raw series text to value text. */
  readonly own: ReadonlyMap<string, string>;
  /** Series that the metric table does not know, for samples.csv. */
  readonly others: readonly OtherSample[];
  /** Samples in the body. */
  readonly samples: number;
}

/** One thing at one moment: a line of the table's CSV file. */
export interface Row {
  readonly table: Table;
  /** In the order of table.labels, unescaped. */
  readonly labels: readonly string[];
  /**
   * Tells this thing from all others of its table and target over time: the labels without those
   * that only describe (namespace, pod, container, comm), joined by `/`. A container's is its id, a
   * process's container_id/pid, a node's is empty.
   */
  readonly key: string;
  /** The text as scraped, in the order of table.metrics; undefined where absent. */
  readonly values: readonly (string | undefined)[];
}

/** A sample of kubemon_node_info or kubemon_container_info. */
export interface Info {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface OtherSample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}
