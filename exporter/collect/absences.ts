import { prefix } from '../metrics/index.ts';
import type { Metric, Table } from '../metrics/spec.ts';
import type { TableRows, Unavailable } from '../snapshot.ts';
import type { Reason } from '../source/unavailable.ts';

/** Gathers, in one pass, why metrics are missing. */
export class Absences {
  readonly #byFile = new Map<string, Set<Reason>>();
  readonly #byMetric = new Map<string, Set<Reason>>();

  /** Nothing came of a kernel file that the table reads. */
  file(table: Table, file: string, reason: Reason): void {
    add(this.#byFile, `${table.name} ${file}`, reason);
  }

  metric(table: Table, name: string, reason: Reason): void {
    add(this.#byMetric, prefix(table.scope) + name, reason);
  }

  /** Nothing at all came of a table. */
  table(table: Table, reason: Reason): void {
    for (const { name } of table.metrics) this.metric(table, name, reason);
  }

  /**
   * Every metric with every reason for which it, or a part of its samples, is missing.
   * A metric that no row of its table has, without another reason, is one that the kernel does not count.
   */
  of(tables: readonly TableRows[], version: 'v1' | 'v2'): readonly Unavailable[] {
    for (const { table, rows } of tables) {
      for (const metric of table.metrics) {
        const found = this.#reasons(table, metric, rows, version);
        for (const reason of found) this.metric(table, metric.name, reason);
      }
    }
    return [...this.#byMetric].flatMap(([metric, reasons]) =>
      [...reasons].map((reason) => ({ metric, reason })),
    );
  }

  #reasons(table: Table, metric: Metric, rows: TableRows['rows'], version: 'v1' | 'v2'): Iterable<Reason> {
    const source = metric.source[version];
    if (source === undefined) return [version === 'v1' ? 'cgroup_v1' : 'cgroup_v2'];
    const [file, field] = source;
    const known = this.#byFile.get(`${table.name} ${file}`);
    if (known !== undefined) return known;
    if (rows.length === 0 || metric.unlimited || this.#byMetric.has(prefix(table.scope) + metric.name))
      return [];
    return rows.some(({ readings }) => readings[file]?.[field] !== undefined)
      ? []
      : ['not_supported_by_kernel'];
  }
}

function add(map: Map<string, Set<Reason>>, key: string, reason: Reason): void {
  const reasons = map.get(key);
  if (reasons === undefined) map.set(key, new Set([reason]));
  else reasons.add(reason);
}
