import type { ContainerLife } from '../csv/records.ts';
import type { ResumeRecord } from '../csv/resumeLog.ts';
import { readTickRows, type TickRows } from '../csv/tickRows.ts';
import type { Row } from '../scrape/answer.ts';
import { keyOf } from '../scrape/place.ts';
import type { PastLives } from './lives.ts';
import { createScene, type Scene } from './scene.ts';

/** A target's last answer. */
export interface LastAnswer {
  readonly tick: number;
  readonly node: string;
}

type Machine = Pick<Scene, 'bootId' | 'exporterStart'>;

/** What the resume log tells of the targets. */
export interface Remembered {
  readonly lives: Map<string, Map<string, ContainerLife>>;
  readonly machines: Map<string, Machine>;
}

export function createRemembered(): Remembered {
  return { lives: new Map(), machines: new Map() };
}

/** Adds one record. */
export function remember({ lives, machines }: Remembered, record: ResumeRecord): void {
  if (record.kind === 'machine') machines.set(record.target, record);
  if (record.kind !== 'life') return;
  const alive = lives.get(record.target) ?? new Map<string, ContainerLife>();
  lives.set(record.target, alive);
  const { containerId, born, died } = record.life;
  if (record.ended) alive.delete(containerId);
  else alive.set(containerId, { ...record.life, born, died });
}

/** The daemons of a run as they were when the recorder ended; their last answers are read from the files. */
export async function readPastLives(
  path: string,
  { lives, machines }: Remembered,
  answers: ReadonlyMap<string, LastAnswer>,
): Promise<ReadonlyMap<string, PastLives>> {
  const ticks = await readTickRows(path, new Set(Array.from(answers.values(), ({ tick }) => tick)));
  return new Map(
    Array.from(answers, ([target, answer]) => {
      const machine = machines.get(target);
      const rows = ticks.get(answer.tick);
      const before = machine && rows && sceneOf(answer, rows, machine);
      return [target, { ...(before && { before }), alive: [...(lives.get(target)?.values() ?? [])] }];
    }),
  );
}

/** What an answer was, but for what no file keeps: its infos and what the exporter tells of itself. */
function sceneOf({ tick, node }: LastAnswer, tickRows: TickRows, machine: Machine): Scene {
  const rows = Array.from(tickRows, ([table, all]) =>
    all
      .filter((cells) => cells[nodeColumn] === node)
      .map((cells): Row => {
        const valuesFrom = labelsFrom + table.labels.length;
        const labels = cells.slice(labelsFrom, valuesFrom);
        return { table, labels, key: keyOf(table, labels), text: cells.slice(valuesFrom).join(',') };
      }),
  ).flat();
  const answer = { rows, infos: [], own: new Map<string, string>(), others: [], samples: 0 };
  const { bootId, exporterStart } = machine;
  return { ...createScene(answer, tick, node), bootId, exporterStart };
}

/** The columns of a table's file: timestamp, collected_at, node, its labels, its metrics. */
const nodeColumn = 2;
const labelsFrom = 3;
