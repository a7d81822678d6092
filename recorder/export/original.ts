import { join } from 'node:path';
import type { TableName } from '../../exporter/metrics/spec.ts';
import type { CsvCells } from '../csv/readRows.ts';
import { add, multiply } from '../read/decimal.ts';
import { createDifferences, type Differences } from '../read/differences.ts';
import { stacked } from '../read/devices.ts';
import { readRestarts } from '../read/restarts.ts';
import type { RunData } from '../read/runData.ts';
import { readTicks } from '../read/ticks.ts';
import { createInstanceFiles } from './instanceFiles.ts';
import { createInstanceNames, type InstanceNames } from './instanceNames.ts';
import { dockerColumns, type OriginalColumns, osColumns, processColumns } from './originalColumns.ts';

/** One kind of the original's monitors: its files have a row for each row of the first table. */
interface Monitor {
  readonly name: 'OSMonitor' | 'DockerMonitor' | 'ProcessMonitor';
  /** The others tell of parts of the same things: disks and interfaces, which are summed up. */
  readonly tables: readonly [TableName, ...TableName[]];
  readonly columns: OriginalColumns;
}

const monitors: readonly Monitor[] = [
  { name: 'OSMonitor', tables: ['node', 'node_disk', 'node_network'], columns: osColumns },
  { name: 'DockerMonitor', tables: ['container', 'container_network'], columns: dockerColumns },
  { name: 'ProcessMonitor', tables: ['process'], columns: processColumns },
];

/**
 * The layout of the original kubemon: one file an instance, its columns in alphabetical order and in its
 * units, every value the difference to the row before, of gauges too, and at last the local time. A cell is
 * empty where kubemon does not read the value, and after a reset; over a gap it is the difference to the row
 * before the gap. Interfaces of a node are summed up with lo, as the original does, and disks without those
 * made of others: the original reads one disk. The first row of an instance is the second tick that saw it.
 */
export async function exportOriginal(run: RunData, folder: string): Promise<void> {
  const names = await createInstanceNames(run);
  for (const monitor of monitors) await exportMonitor(run, monitor, names, folder);
}

async function exportMonitor(
  run: RunData,
  { name, tables, columns }: Monitor,
  names: InstanceNames,
  folder: string,
): Promise<void> {
  const titles = Object.keys(columns).toSorted();
  const files = createInstanceFiles(join(folder, name), `${[...titles, 'timestamp'].join(',')}\n`);
  const restarts = readRestarts(run);
  try {
    const readers = tables.map((table) => createReader(run, table, titles, columns, restarts));
    const [whole] = tables;
    const pathOf = names.pathsOf(whole, name);

    for await (const { timestamp, rows } of readTicks(
      run,
      tables.map((table) => `${table}.csv`),
    )) {
      await restarts.advanceTo(timestamp);
      const sums = new Map<string, Map<string, string>>();
      const instances: { readonly key: string; readonly path: string }[] = [];
      for (const [index, read] of readers.entries()) {
        for (const cells of rows(`${tables[index] ?? whole}.csv`)) {
          const { key, isComparable, values } = read(cells);
          if (index === 0 && isComparable) instances.push({ key, path: pathOf(cells) });
          const sum = sums.get(key) ?? new Map<string, string>();
          sums.set(key, sum);
          for (const [title, value] of values) sum.set(title, add(sum.get(title) ?? '0', value) ?? value);
        }
      }
      const time = localTime(timestamp);
      for (const { key, path } of instances) {
        const sum = sums.get(key);
        const line = [...titles.map((title) => sum?.get(title) ?? ''), time].join(',');
        await files.add(path, `${line}\n`);
      }
    }
    await files.end();
  } finally {
    await restarts.close();
  }
}

interface ReadRow {
  /** Of the instance that the row is about, or about a part of. */
  readonly key: string;
  readonly isComparable: boolean;
  readonly values: readonly (readonly [title: string, value: string])[];
}

/** Rows of one table as values of the original's columns. */
function createReader(
  run: RunData,
  table: TableName,
  titles: readonly string[],
  columns: OriginalColumns,
  restarts: Parameters<typeof createDifferences>[2],
): (cells: CsvCells) => ReadRow {
  const file = run.file(`${table}.csv`) ?? { name: `${table}.csv`, columns: [] };
  const read = titles.flatMap((title) => {
    const source = columns[title];
    const column = file.columns.find(({ name }) => name === source?.column);
    return source?.table === table && column !== undefined ? [{ title, column, factor: source.factor }] : [];
  });
  const differences: Differences = createDifferences(
    file,
    read.map(({ column }) => column),
    restarts,
  );
  const device = file.columns.findIndex(({ name }) => name === 'device');
  return (cells) => {
    const { thing, span, deltas } = differences.next(cells);
    const isLeftOut = table === 'node_disk' && stacked.test(cells[device] ?? '');
    if (isLeftOut) return { key: thing.whole, isComparable: false, values: [] };
    const values = read.flatMap(({ title, factor }, index) => {
      const delta = deltas[index];
      const value = delta === undefined ? undefined : multiply(delta.amount, factor);
      return value === undefined ? [] : [[title, value] as const];
    });
    return { key: thing.whole, isComparable: span !== undefined, values };
  };
}

/** 2026-11-22 16:40:25.000000, by the clock of this machine. */
function localTime(iso: string): string {
  const time = new Date(iso);
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 23)}000`;
}
