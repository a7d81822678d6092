import { baseUnit, columnName, isWhole, tables } from '../../exporter/metrics/index.ts';
import type { Metric, Table, TableName } from '../../exporter/metrics/spec.ts';
import type { Column } from '../run/manifest.ts';
import { labelColumns } from './labelColumns.ts';
import { recordFiles } from './recordFiles.ts';

export interface CsvFile {
  readonly name: CsvFileName;
  readonly help: string;
  readonly columns: readonly Column[];
}

export type CsvFileName = `${TableName}.csv` | RecordFileName;

/** The files whose columns do not come from the metric table. */
export type RecordFileName = 'containers.csv' | 'scrapes.csv' | 'events.csv' | 'marks.csv' | 'samples.csv';

const tableHelp: Record<TableName, string> = {
  node: 'Nodes.',
  node_disk: 'Block devices of nodes.',
  node_network: 'Network interfaces of nodes.',
  container: 'Containers.',
  container_disk: 'Containers on block devices.',
  container_network: 'Network interfaces of containers.',
  process: 'Processes in containers.',
};

/** Every CSV file of a run, in the order of the documentation. */
export const csvFiles: readonly CsvFile[] = [
  ...tables.map((table): CsvFile => ({
    name: `${table.name}.csv`,
    help: `${tableHelp[table.name]} One row a tick each.`,
    columns: tableColumns(table),
  })),
  ...recordFiles,
];

function tableColumns(table: Table): readonly Column[] {
  return [
    { name: 'timestamp', dtype: 'timestamp', kind: 'time', help: 'The tick.' },
    {
      name: 'collected_at',
      dtype: 'float64',
      kind: 'time',
      unit: 'seconds',
      help: 'Start of collecting by the clock of the exporter, since the epoch.',
    },
    ...labelColumns('node', ...table.labels),
    ...table.metrics.map(metricColumn),
  ];
}

function metricColumn(metric: Metric): Column {
  const unit = baseUnit(metric);
  return {
    name: columnName(metric),
    dtype: isWhole(metric) ? 'Int64' : 'float64',
    kind: metric.type,
    ...(unit && { unit }),
    help: metric.help,
  };
}
