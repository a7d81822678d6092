import type { TableName } from '../../exporter/metrics/spec.ts';
import type { Answer, Row } from '../scrape/answer.ts';
import { cell, label, rowsOf } from './cell.ts';
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
  let tables: Tables | undefined;
  let members: Members | undefined;
  return {
    tick,
    node,
    answer,
    ...nodeIdentity(answer),
    rows: (table) => (tables ??= tablesOf(answer)).get(table) ?? nothing,
    members: (containerId) => (members ??= membersOf(answer)).get(containerId) ?? nobody,
  };
}

/**
 * Whether all things are those of before, none was started again and no counter fell, as nearly always and as the
 * reader of the answers could tell without arranging them. False: they have to be compared.
 */
export function isSteady(before: Scene, now: Scene): boolean {
  const { population, rows } = now.answer;
  const { answer } = before;
  return (
    population !== undefined &&
    population === answer.population &&
    before.node === now.node &&
    before.bootId === now.bootId &&
    before.exporterStart === now.exporterStart &&
    rows.every(({ ascent }, index) => ascent !== undefined && ascent === answer.rows[index]?.ascent)
  );
}

type Tables = ReadonlyMap<TableName, ReadonlyMap<string, Row>>;
type Members = ReadonlyMap<string, ReadonlySet<string>>;

function tablesOf(answer: Answer): Tables {
  const tables = new Map<TableName, Map<string, Row>>();
  for (const row of answer.rows) {
    const rows = tables.get(row.table.name) ?? new Map<string, Row>();
    tables.set(row.table.name, rows.set(row.key, row));
  }
  return tables;
}

/** Only asked for where a container may have been restarted. */
function membersOf(answer: Answer): Members {
  const members = new Map<string, Set<string>>();
  for (const row of rowsOf(answer, 'process')) {
    const id = label(row, 'container_id');
    members.set(id, (members.get(id) ?? new Set()).add(`${row.key}/${startOf(row) ?? ''}`));
  }
  return members;
}

const nothing: ReadonlyMap<string, Row> = new Map();
const nobody: ReadonlySet<string> = new Set();

/** Whether two rows of one pid in one container are of one process: a pid is used again, but not with the same start time. */
export function isSameProcess(a: Row, b: Row): boolean {
  return a === b || startOf(a) === startOf(b);
}

function startOf(process: Row): string | undefined {
  return cell(process, 'start_time_seconds');
}
