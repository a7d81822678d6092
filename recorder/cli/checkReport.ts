import { prefix } from '../../exporter/metrics/index.ts';
import type { Metric, Scope } from '../../exporter/metrics/spec.ts';
import type { Explanation, Snapshot, Sources } from './exporter.ts';

/** What this machine lets the exporter read. */
export interface CheckReport {
  readonly kernel: string;
  readonly cgroupVersion: number;
  readonly scopes: readonly ScopeReport[];
  readonly names: { readonly available: boolean; readonly reason?: string };
  readonly missing: readonly MissingReport[];
}

interface ScopeReport {
  readonly scope: Scope;
  /** Containers, processes; the node itself is 1. */
  readonly found: number;
  /** Metrics that have a sample here, of all metrics of the scope. */
  readonly read: number;
  readonly metrics: number;
}

/** Metrics that are missing, wholly or for some things, for the same reason. */
export interface MissingReport extends Explanation {
  readonly reason: string;
  readonly metrics: readonly string[];
}

const mainTables: ReadonlySet<string> = new Set(['node', 'container', 'process']);

export function checkReport(
  { tables, unavailable }: Snapshot,
  { machine, tree, names }: Pick<Sources, 'machine' | 'tree' | 'names'>,
  reasons: Readonly<Record<string, Explanation>>,
): CheckReport {
  const scopes = (['node', 'container', 'process'] as const).map((scope): ScopeReport => {
    const own = tables.filter(({ table }) => table.scope === scope);
    const metrics = own.flatMap(({ table, rows }) =>
      table.metrics.map((metric) => ({
        name: prefix(scope) + metric.name,
        read: rows.some(({ readings }) => isRead(metric, readings)),
      })),
    );
    return {
      scope,
      found: own.find(({ table }) => mainTables.has(table.name))?.rows.length ?? 0,
      read: new Set(metrics.filter(({ read }) => read).map(({ name }) => name)).size,
      metrics: new Set(metrics.map(({ name }) => name)).size,
    };
  });
  const missing = [...new Set(unavailable.map(({ reason }) => reason))].map((reason): MissingReport => {
    const { sentence, advice } = reasons[reason] ?? unexplained;
    const metrics = unavailable.filter((entry) => entry.reason === reason).map(({ metric }) => metric);
    return { reason, sentence, advice, metrics };
  });
  return {
    kernel: machine.kernel,
    cgroupVersion: tree.version,
    scopes,
    names: shown(names),
    missing,
  };
}

const unexplained: Explanation = {
  sentence: 'There is no explanation of this reason.',
  advice: 'Report it.',
};

function isRead(
  { source }: Metric,
  readings: Snapshot['tables'][number]['rows'][number]['readings'],
): boolean {
  return [source.v1, source.v2].some(
    (place) => place !== undefined && readings[place[0]]?.[place[1]] !== undefined,
  );
}

function shown({ available, reason }: Sources['names']): CheckReport['names'] {
  return reason === undefined ? { available } : { available, reason };
}
