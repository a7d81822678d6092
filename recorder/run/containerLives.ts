import type { ContainerLife } from '../csv/records.ts';
import type { Answer, Row } from '../scrape/answer.ts';
import { cell, label, numberCell } from './cell.ts';
import { decreases } from './decreases.ts';
import type { Scene } from './scene.ts';

/** What became of a target's containers from one answer to the next. */
export interface ContainerChanges {
  readonly born: readonly Row[];
  readonly died: readonly Row[];
  /** One for each that died. */
  readonly ended: readonly ContainerLife[];
  /** Those alive that are new or described in other words than before. */
  readonly described: readonly ContainerLife[];
  /** Ids of those that both died and were born between the two answers. */
  readonly restarted: ReadonlySet<string>;
}

export interface ContainerLives {
  next(before: Scene | undefined, now: Scene): ContainerChanges;
  /** Those alive now. */
  alive(): readonly ContainerLife[];
}

/**
 * `born` is the start of the container's oldest process, or the first tick that saw it where the
 * exporter could not tell. `died` is the first tick that no longer saw it.
 * @param past those alive at the scene that will be `before` at first.
 */
export function createContainerLives(past: readonly ContainerLife[] = []): ContainerLives {
  const alive = new Map(past.map((life) => [life.containerId, life]));

  function next(before: Scene | undefined, now: Scene): ContainerChanges {
    const rows = now.rows('container');
    const restarted = new Set<string>();
    const died: Row[] = [];
    const ended: ContainerLife[] = [];
    for (const [id, row] of before?.rows('container') ?? []) {
      const after = rows.get(id);
      if (after !== undefined && !isRestarted(row, after, before, now)) continue;
      if (after !== undefined) restarted.add(id);
      died.push(row);
      const life = alive.get(id);
      if (life !== undefined) ended.push({ ...life, died: now.tick });
      alive.delete(id);
    }
    const born: Row[] = [];
    const described: ContainerLife[] = [];
    const infos = containerInfos(now.answer);
    for (const [id, row] of rows) {
      const known = alive.get(id);
      if (known === undefined) born.push(row);
      const start = known?.born ?? startTime(row) ?? now.tick;
      const life = describeLife(row, infos.get(id), now.node, start);
      if (known !== undefined && isSame(known, life)) continue;
      alive.set(id, life);
      described.push(life);
    }
    return { born, died, ended, described, restarted };
  }

  return { next, alive: () => [...alive.values()] };
}

function isSame(a: ContainerLife, b: ContainerLife): boolean {
  return lifeKeys.every((key) => a[key] === b[key]);
}

/**
 * The same id with a later start, and its counters fell or none of its processes is left. The start time alone
 * says less: it is that of the oldest process, which may end while others go on.
 */
function isRestarted(before: Row, after: Row, past: Scene | undefined, now: Scene): boolean {
  if (cell(before, 'start_time_seconds') === cell(after, 'start_time_seconds')) return false;
  if (decreases(before, after).length > 0) return true;
  const members = now.members(after.key);
  const old = past?.members(before.key) ?? new Set<string>();
  return members.size > 0 && old.size > 0 && ![...members].some((member) => old.has(member));
}

/** Undefined also for a number that is no time, which an exporter that is broken may tell. */
function startTime(row: Row): number | undefined {
  const start = numberCell(row, 'start_time_seconds');
  return start !== undefined && start >= 0 && start < endOfYear9999 ? start : undefined;
}

const endOfYear9999 = 253_402_300_800;

function containerInfos(answer: Answer): ReadonlyMap<string, Readonly<Record<string, string>>> {
  return new Map(
    answer.infos
      .filter(({ name }) => name === 'kubemon_container_info')
      .map(({ labels }) => [labels['container_id'] ?? '', labels]),
  );
}

/** A name may become known, so the last answer's is kept. */
function describeLife(
  row: Row,
  info: Readonly<Record<string, string>> | undefined,
  node: string,
  born: number,
): ContainerLife {
  return {
    node,
    namespace: label(row, 'namespace'),
    pod: label(row, 'pod'),
    container: label(row, 'container'),
    containerId: label(row, 'container_id'),
    id: info?.['id'] ?? '',
    podUid: info?.['pod_uid'] ?? '',
    image: info?.['image'] ?? '',
    runtime: info?.['runtime'] ?? '',
    cgroup: info?.['cgroup'] ?? '',
    networkNamespace: info?.['network_namespace'] ?? '',
    born,
    died: undefined,
  };
}

const lifeKeys = [
  'node',
  'namespace',
  'pod',
  'container',
  'containerId',
  'id',
  'podUid',
  'image',
  'runtime',
  'cgroup',
  'networkNamespace',
  'born',
] as const satisfies readonly (keyof ContainerLife)[];
