import type { CsvRow, RunTables } from '../runFolder.ts';
import type { CadvisorSample } from './cadvisor.ts';

/** A counter that both show: cAdvisor's name and labels, our file and column. */
interface SharedCounter {
  readonly cadvisor: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly file: 'container.csv' | 'container_network.csv';
  readonly column: string;
}

const shared: readonly SharedCounter[] = [
  counter('container_cpu_usage_seconds_total', 'cpu_usage_seconds_total', { cpu: 'total' }),
  counter('container_cpu_user_seconds_total', 'cpu_user_seconds_total'),
  counter('container_cpu_system_seconds_total', 'cpu_system_seconds_total'),
  counter('container_memory_failures_total', 'memory_page_faults_total', pageFaults('pgfault')),
  counter('container_memory_failures_total', 'memory_major_page_faults_total', pageFaults('pgmajfault')),
  network('container_network_receive_bytes_total', 'network_receive_bytes_total'),
  network('container_network_transmit_bytes_total', 'network_transmit_bytes_total'),
  network('container_network_receive_packets_total', 'network_receive_packets_total'),
  network('container_network_transmit_packets_total', 'network_transmit_packets_total'),
];

function counter(cadvisor: string, column: string, labels: SharedCounter['labels'] = {}): SharedCounter {
  return { cadvisor, labels, file: 'container.csv', column };
}

function network(cadvisor: string, column: string): SharedCounter {
  return { cadvisor, labels: {}, file: 'container_network.csv', column };
}

function pageFaults(type: string): SharedCounter['labels'] {
  return { failure_type: type, scope: 'hierarchy' };
}

export interface Agreement {
  /** Sentences. */
  readonly disagreements: readonly string[];
  /** How many values were compared, by `node column`: of every column on every node. */
  readonly compared: ReadonlyMap<string, number>;
  /** namespace/pod of all that were. */
  readonly pods: readonly string[];
}

/** cAdvisor stamps its values a little after it has read them, in seconds. */
const stampDelay = 0.5;

/**
 * Puts every recorded value between two readings of cAdvisor's: not below what it read before, not above
 * what it read after.
 */
export function compareWithCadvisor(readings: readonly CadvisorSample[], run: RunTables): Agreement {
  const disagreements: string[] = [];
  const compared = new Map<string, number>();
  const pods = new Set<string>();
  const nodes = new Set(run.rows('node.csv').map(({ node = '' }) => node));
  for (const { cadvisor, labels, file, column } of shared) {
    const series = seriesOf(
      readings.filter((reading) => matches(reading, cadvisor, labels)),
      file,
    );
    for (const node of nodes) compared.set(`${node} ${column}`, 0);
    // Nodes that share a kernel see each other's containers: those have names on their own node only.
    for (const row of run.rows(file).filter(({ pod }) => pod !== '')) {
      const [before, after] = around(series.get(rowKey(row, file)) ?? [], momentOf(row));
      if (before === undefined || after === undefined) continue;
      const value = Number(row[column]);
      const key = `${row['node'] ?? ''} ${column}`;
      compared.set(key, (compared.get(key) ?? 0) + 1);
      pods.add(`${row['namespace'] ?? ''}/${row['pod'] ?? ''}`);
      if (row[column] !== '' && value >= before && value <= after) continue;
      disagreements.push(
        `${column} of ${rowKey(row, file)}: ${row[column] ?? ''} is not in ${before}..${after}`,
      );
    }
  }
  return { disagreements, compared, pods: [...pods] };
}

function matches({ name, labels }: CadvisorSample, wanted: string, values: SharedCounter['labels']): boolean {
  return name === wanted && Object.entries(values).every(([label, value]) => labels[label] === value);
}

type Points = { readonly time: number; readonly value: number }[];

function seriesOf(
  readings: readonly CadvisorSample[],
  file: SharedCounter['file'],
): ReadonlyMap<string, Points> {
  const series = new Map<string, Points>();
  for (const { labels, time, value } of readings) {
    const key =
      file === 'container_network.csv'
        ? `${labels['namespace'] ?? ''}/${labels['pod'] ?? ''} ${labels['interface'] ?? ''}`
        : (labels['name'] ?? '').slice(0, 12);
    series.set(key, [...(series.get(key) ?? []), { time, value }]);
  }
  return series;
}

function rowKey(row: CsvRow, file: SharedCounter['file']): string {
  return file === 'container_network.csv'
    ? `${row['namespace'] ?? ''}/${row['pod'] ?? ''} ${row['interface'] ?? ''}`
    : (row['container_id'] ?? '');
}

/** Seconds since the epoch. */
function momentOf(row: CsvRow): number {
  return Number(row['collected_at']);
}

/** The last value that was surely read before a moment, and the first that was surely read after it. */
function around(points: Points, moment: number): readonly [number | undefined, number | undefined] {
  const before = points.filter(({ time }) => time <= moment).map(({ value }) => value);
  const after = points.filter(({ time }) => time >= moment + stampDelay).map(({ value }) => value);
  return [max(before), min(after)];
}

function max(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function min(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}
