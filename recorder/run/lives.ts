import type { EventKind, RunEvent } from '../csv/event.ts';
import type { ContainerLife } from '../csv/records.ts';
import { lifeRecord, type ResumeRecord } from '../csv/resumeLog.ts';
import type { Answer, Row } from '../scrape/answer.ts';
import { label } from './cell.ts';
import { createContainerLives } from './containerLives.ts';
import { createCounterWatch } from './counterEvents.ts';
import { createScene, isSameProcess, isSteady, type Scene } from './scene.ts';

/** What happened on one target since its last answer. */
export interface Changes {
  readonly events: readonly RunEvent[];
  /** Containers whose life ended. */
  readonly ended: readonly ContainerLife[];
  /** What a recorder that goes on with the run has to know of it. */
  readonly records: readonly ResumeRecord[];
}

/** A target as it was when the recorder ended. */
export interface PastLives {
  /** Its last answer; absent: it has not answered. */
  readonly before?: Scene;
  readonly alive: readonly ContainerLife[];
}

/**
 * Follows what lives on one target from answer to answer. A scrape that failed is not shown to it: that
 * nobody answered is no death.
 */
export interface Lives {
  next(answer: Answer, tick: number, node: string): Changes;
  /** Containers that are still alive. */
  alive(): readonly ContainerLife[];
}

/** What is seen on the first answer was there before: that is no event. */
export function createLives(target: string, past?: PastLives): Lives {
  const containers = createContainerLives(past?.alive);
  const watchCounters = createCounterWatch();
  let before = past?.before;

  function next(answer: Answer, tick: number, node: string): Changes {
    const now = createScene(answer, tick, node);
    if (before !== undefined && isSteady(before, now)) {
      before = now;
      return nothing;
    }
    const { born, died, ended, described, restarted } = containers.next(before, now);
    const counters = watchCounters(before, now, restarted);
    const records = [
      ...ended.map((life) => lifeRecord(target, life, true)),
      ...described.map((life) => lifeRecord(target, life, false)),
      ...machineRecords(target, before, now),
    ];
    if (before === undefined) {
      before = now;
      return { events: [], ended, records };
    }
    const event = (kind: EventKind, subject: string, detail: string): RunEvent => ({
      timestamp: tick,
      kind,
      node,
      target,
      subject,
      detail,
    });
    const newProcesses = unmatched(now, before);
    const lostProcesses = unmatched(before, now);
    before = now;
    return {
      ended,
      records,
      events: [
        ...died.map((row) => event('container_died', row.key, `${containerName(row)} is gone.`)),
        ...lostProcesses.map((row) => event('process_died', row.key, `${processName(row)} is gone.`)),
        ...born.map((row) => event('container_born', row.key, `${containerName(row)} is new.`)),
        ...newProcesses.map((row) => event('process_born', row.key, `${processName(row)} is new.`)),
        ...counters.map(({ kind, subject, detail }) => event(kind, subject, detail)),
      ],
    };
  }

  return { next, alive: () => containers.alive() };
}

const nothing: Changes = { events: [], ended: [], records: [] };

function machineRecords(target: string, before: Scene | undefined, now: Scene): readonly ResumeRecord[] {
  const { bootId, exporterStart } = now;
  if (before?.bootId === bootId && before.exporterStart === exporterStart) return [];
  return [{ kind: 'machine', target, bootId, exporterStart }];
}

/** The processes of one scene that the other does not have. */
function unmatched(scene: Scene, other: Scene): readonly Row[] {
  const rows = other.rows('process');
  return [...scene.rows('process')]
    .filter(([key, row]) => {
      const twin = rows.get(key);
      return twin === undefined || !isSameProcess(twin, row);
    })
    .map(([, row]) => row);
}

/** `Container web of pod default/front`; the id stands for a name that is not known. */
function containerName(row: Row): string {
  const pod = label(row, 'pod');
  const name = label(row, 'container') || label(row, 'container_id');
  return `Container ${name}${pod === '' ? '' : ` of pod ${label(row, 'namespace')}/${pod}`}`;
}

function processName(row: Row): string {
  return `Process ${label(row, 'comm')} (pid ${label(row, 'pid')})`;
}
