import { tables } from '../../exporter/metrics/index.ts';
import type { TableName } from '../../exporter/metrics/spec.ts';
import type { Row } from '../scrape/answer.ts';
import { label } from './cell.ts';
import { type Decrease, decreases, describeDecreases } from './decreases.ts';
import { isSameProcess, type Scene } from './scene.ts';

/** Counters of one thing that fell. */
export interface CounterEvent {
  readonly kind: 'reset' | 'went_back';
  readonly subject: string;
  readonly detail: string;
}

/** Things that are gone and may come back with the same name; the oldest are forgotten. */
const rememberedThings = 1000;

/**
 * Finds counters that fell. With a changed identity that is a reset: the machine was booted again, the
 * container restarted, the device or interface was gone in between. Any other decrease "went back":
 * the kernel lets idle and iowait do so.
 */
export function createCounterWatch(): (
  before: Scene | undefined,
  now: Scene,
  restarted: ReadonlySet<string>,
) => readonly CounterEvent[] {
  const gone = new Map<string, Row>();

  function* compare(before: Scene, now: Scene, restarted: ReadonlySet<string>): Generator<CounterEvent> {
    for (const table of tableNames) {
      const past = before.rows(table);
      const rows = now.rows(table);
      for (const [key, row] of rows) {
        const last = past.get(key);
        const returned = gone.get(`${table}/${key}`);
        gone.delete(`${table}/${key}`);
        const fallen = decreases(last ?? returned ?? row, row);
        if (fallen.length === 0) continue;
        if (table === 'process' && last && !isSameProcess(last, row)) continue;
        const cause = last === undefined ? 'It was gone in between' : changed(row, before, now, restarted);
        if (cause !== undefined) {
          yield reset(row, cause, fallen);
          continue;
        }
        const own = before.exporterStart === now.exporterStart ? [] : fallen.filter(isOwn);
        if (own.length > 0) yield reset(row, 'The exporter was started again', own);
        const others = fallen.filter((each) => !own.includes(each));
        if (others.length > 0) yield { kind: 'went_back', subject: key, detail: describe(row, others) };
      }
      // A process that is gone stays gone: its pid comes back as another process.
      if (table === 'process') continue;
      for (const [key, row] of past) if (!rows.has(key)) gone.set(`${table}/${key}`, row);
    }
    for (const key of gone.keys()) {
      if (gone.size <= rememberedThings) break;
      gone.delete(key);
    }
  }

  return (before, now, restarted) => (before === undefined ? [] : [...compare(before, now, restarted)]);
}

/** What tells that the thing is not the one of before. */
function changed(row: Row, before: Scene, now: Scene, restarted: ReadonlySet<string>): string | undefined {
  if (before.bootId !== now.bootId) return 'The machine was booted again';
  const isRestarted = row.table.scope === 'container' && restarted.has(label(row, 'container_id'));
  return isRestarted ? 'The container was restarted' : undefined;
}

/** Counted by the exporter, from its own start on. */
function isOwn({ column }: Decrease): boolean {
  return column === 'syscalls_total';
}

function reset(row: Row, cause: string, fallen: readonly Decrease[]): CounterEvent {
  return { kind: 'reset', subject: row.key, detail: `${cause}. ${describe(row, fallen)}` };
}

function describe({ table }: Row, fallen: readonly Decrease[]): string {
  return `${table.name}.csv: ${describeDecreases(fallen)}.`;
}

const tableNames: readonly TableName[] = tables.map(({ name }) => name);
