import { prefix } from './metrics/index.ts';
import type { Metric, Scope } from './metrics/spec.ts';
import type { Snapshot } from './snapshot.ts';
import { type Explanation, reasons } from './source/unavailable.ts';
import type { Sources } from './sources.ts';

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
): CheckReport {
  const explained = new Set(unavailable.map(({ metric }) => metric));
  const scopes: ScopeReport[] = [];
  const unexplained: string[] = [];
  for (const scope of ['node', 'container', 'process'] as const) {
    const own = tables.filter(({ table }) => table.scope === scope);
    const known = own.flatMap(({ table }) => table.metrics.map(({ name }) => prefix(scope) + name));
    const read = new Set(own.flatMap(({ table, rows }) => namesRead(prefix(scope), table.metrics, rows)));
    // A table leaves out what it can have on no row: such a metric stands among the explained alone.
    const ofScope = [...explained].filter((name) => name.startsWith(prefix(scope)));
    const all = new Set([...known, ...ofScope]);
    const found = own.find(({ table }) => mainTables.has(table.name))?.rows.length ?? 0;
    scopes.push({ scope, found, read: read.size, metrics: all.size });
    if (found > 0) unexplained.push(...[...all].filter((name) => !read.has(name) && !explained.has(name)));
  }
  const missing = [...new Set(unavailable.map(({ reason }) => reason))].map((reason): MissingReport => {
    const { sentence, advice } = reasons[reason];
    const metrics = unavailable.filter((entry) => entry.reason === reason).map(({ metric }) => metric);
    return { reason, sentence, advice, metrics };
  });
  if (unexplained.length > 0) missing.push({ ...noSample, metrics: unexplained });
  return {
    kernel: machine.kernel,
    cgroupVersion: tree.version,
    scopes,
    names: shown(names),
    missing,
  };
}

/** Metrics that can be read, of which nothing here has a sample: no I/O on a disk yet, no limit set. */
const noSample: Explanation & Pick<MissingReport, 'reason'> = {
  reason: 'no_sample',
  sentence:
    'Nothing here has a value of it now: no container has such a limit, say, or none has used a disk yet.',
  advice: 'Nothing: it appears when there is something to show.',
};

type Rows = Snapshot['tables'][number]['rows'];

/** The metrics that have a sample on at least one row. */
function namesRead(before: string, metrics: readonly Metric[], rows: Rows): readonly string[] {
  return metrics
    .filter((metric) => rows.some(({ readings }) => isRead(metric, readings)))
    .map(({ name }) => before + name);
}

function isRead({ source }: Metric, readings: Rows[number]['readings']): boolean {
  return [source.v1, source.v2].some(
    (place) => place !== undefined && readings[place[0]]?.[place[1]] !== undefined,
  );
}

function shown({ available, reason }: Sources['names']): CheckReport['names'] {
  return reason === undefined ? { available } : { available, reason };
}
