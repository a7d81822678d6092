import type { CsvCells } from '../csv/readRows.ts';
import type { ManifestFile } from '../run/manifest.ts';

/** What a row is about, told apart from all other things of its file. */
export interface Thing {
  /** Its node, its key and, of a process, its start: a pid is used again, but not with the same start. */
  readonly id: string;
  readonly node: string;
  /** As `subject` of events.csv names it: a container_id, container_id/pid, a device; '' is the node itself. */
  readonly key: string;
  /** Of a container and its parts. */
  readonly containerId: string | undefined;
  /** The same for a node or container and its parts (disks, interfaces); of a process its id. */
  readonly whole: string;
  /** With whose death it ends, as `placeOf`: of a container and its parts the container, of others itself. */
  readonly life: string;
}

/** Tells a thing's name, not which one it is: found late, or changed by exec. */
const describing: ReadonlySet<string> = new Set(['namespace', 'pod', 'container', 'comm']);

/** Finds the thing that a row of the file is about. */
export function thingsOf({ columns }: Pick<ManifestFile, 'columns'>): (cells: CsvCells) => Thing {
  const index = (name: string) => columns.findIndex((column) => column.name === name);
  const keys = columns.flatMap(({ name, kind }, at) =>
    kind === 'label' && name !== 'node' && !describing.has(name) ? [at] : [],
  );
  const node = index('node');
  const container = index('container_id');
  const isProcess = index('pid') !== -1;
  const start = isProcess ? index('start_time_seconds') : -1;
  return (cells) => {
    const key = keys.map((at) => cells[at]).join('/');
    const told = cells[node] ?? '';
    const id = `${told}\n${key}\n${cells[start] ?? ''}`;
    const containerId = isProcess ? undefined : cells[container];
    const whole = isProcess ? id : placeOf(told, containerId ?? '');
    return { id, node: told, key, containerId, whole, life: placeOf(told, containerId ?? key) };
  };
}

/** A node and what events.csv calls a subject there. */
export function placeOf(node: string, subject: string): string {
  return `${node}\n${subject}`;
}
