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
  /**
   * The same object as in an earlier answer of the target: rows and infos are about the same things in the same
   * order, and none of them was started since. Absent: nobody knows.
   */
  readonly population?: object;
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
  /**
   * The values as scraped, in the order of table.metrics, with a comma between each two; nothing where one is
   * absent. A number has no comma, so this is how the line of the CSV file ends.
   */
  readonly text: string;
  /**
   * The same object as in an earlier row of the thing: it has the same counters, and none of them fell since.
   * Absent: nobody knows.
   */
  readonly ascent?: object;
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
