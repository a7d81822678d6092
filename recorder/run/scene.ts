import type { TableName } from '../../exporter/metrics/spec.ts';
import type { Answer, Row } from '../scrape/answer.ts';
import { cell, label } from './cell.ts';
import { nodeIdentity } from './machineFacts.ts';

/** One answer of a daemon, arranged to be compared with the next. */
export interface Scene {
  readonly tick: number;
  readonly node: string;
  readonly answer: Answer;
  /** Changes when the machine is booted again. */
  readonly bootId: string;
  /** Changes when the exporter is started again. */
  readonly exporterStart: string;
  /** By Row.key. */
  rows(table: TableName): ReadonlyMap<string, Row>;
  /** The processes of a container: pid and start time of each. */
  members(containerId: string): ReadonlySet<string>;
}

export function createScene(answer: Answer, tick: number, node: string): Scene {
  const tables = new Map<TableName, Map<string, Row>>();
  const members = new Map<string, Set<string>>();
  for (const row of answer.rows) {
    const rows = tables.get(row.table.name) ?? new Map<string, Row>();
    tables.set(row.table.name, rows.set(row.key, row));
    if (row.table.name !== 'process') continue;
    const id = label(row, 'container_id');
    members.set(id, (members.get(id) ?? new Set()).add(processIdentity(row)));
  }
  return {
    tick,
    node,
    answer,
    ...nodeIdentity(answer),
    rows: (table) => tables.get(table) ?? nothing,
    members: (containerId) => members.get(containerId) ?? nobody,
  };
}

const nothing: ReadonlyMap<string, Row> = new Map();
const nobody: ReadonlySet<string> = new Set();

/** container_id, pid and start time: a pid is used again, but not with the same start time. */
export function processIdentity(row: Row): string {
  return `${row.key}/${cell(row, 'start_time_seconds') ?? ''}`;
}
