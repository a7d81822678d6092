import { application, containersAt, contextSwitchesAt, daemons } from './world.ts';

/** Some columns of a file, and what its rows must have there. Files that are not named have no rows. */
interface Expected {
  readonly columns: readonly string[];
  /** @param due the ticks, in seconds since the epoch. */
  readonly expected: (due: readonly number[]) => Iterable<readonly string[]>;
}

export const expectedRows: Readonly<Record<string, Expected>> = {
  'node.csv': {
    columns: ['timestamp', 'collected_at', 'node', 'context_switches_total'],
    expected: (due) =>
      each(due, (tick) =>
        daemons.map((daemon) => [iso(tick), tick.toFixed(6), daemon, String(contextSwitchesAt(tick))]),
      ),
  },
  'node_network.csv': {
    columns: ['timestamp', 'node', 'interface', 'network_receive_bytes_total'],
    expected: (due) =>
      each(due, (tick) =>
        daemons.map((daemon) => [iso(tick), daemon, 'eth0', String(contextSwitchesAt(tick))]),
      ),
  },
  'container.csv': { columns: ['timestamp', 'node', 'container_id'], expected: containerRows },
  'process.csv': { columns: ['timestamp', 'node', 'container_id'], expected: containerRows },
  'scrapes.csv': {
    columns: ['timestamp', 'target', 'up', 'error'],
    expected: (due) =>
      each(due, (tick) =>
        [...daemons, application, 'recorder'].map((target) => [iso(tick), target, '1', '']),
      ),
  },
  'samples.csv': {
    columns: ['timestamp', 'target', 'metric', 'value'],
    expected: (due) =>
      each(due, (tick, index) => [
        // The first request was before the run.
        [iso(tick), application, 'app_requests_total', String(index + 2)],
        [iso(tick), application, 'app_workers', '4'],
      ]),
  },
  'events.csv': { columns: ['timestamp', 'kind', 'node', 'subject'], expected: eventRows },
  'containers.csv': { columns: ['node', 'container_id', 'died'], expected: lifeRows },
};

function* each(
  due: readonly number[],
  rows: (tick: number, index: number) => readonly (readonly string[])[],
): Generator<readonly string[]> {
  for (const [index, tick] of due.entries()) yield* rows(tick, index);
}

function containerRows(due: readonly number[]): Iterable<readonly string[]> {
  return each(due, (tick) =>
    daemons.flatMap((daemon) => containersAt(daemon, tick).map((id) => [iso(tick), daemon, id])),
  );
}

/** Containers that a tick no longer finds, and those that it finds first. Every one has one process. */
function changesAt(
  due: readonly number[],
  index: number,
): readonly {
  readonly daemon: string;
  readonly died: readonly string[];
  readonly born: readonly string[];
}[] {
  const [tick, last] = [due[index], due[index - 1]];
  if (tick === undefined || last === undefined) return [];
  return daemons.map((daemon) => {
    const [now, before] = [containersAt(daemon, tick), containersAt(daemon, last)];
    return {
      daemon,
      died: before.filter((id) => !now.includes(id)),
      born: now.filter((id) => !before.includes(id)),
    };
  });
}

function eventRows(due: readonly number[]): Iterable<readonly string[]> {
  return each(due, (tick, index) =>
    changesAt(due, index).flatMap(({ daemon, died, born }) => [
      ...died.map((id) => [iso(tick), 'container_died', daemon, id]),
      ...died.map((id) => [iso(tick), 'process_died', daemon, processOf(id)]),
      ...born.map((id) => [iso(tick), 'container_born', daemon, id]),
      ...born.map((id) => [iso(tick), 'process_born', daemon, processOf(id)]),
    ]),
  );
}

function processOf(id: string): string {
  return `${id}/${Number.parseInt(id.slice(0, 2), 16)}`;
}

function* lifeRows(due: readonly number[]): Generator<readonly string[]> {
  yield* each(due, (tick, index) =>
    changesAt(due, index).flatMap(({ daemon, died }) => died.map((id) => [daemon, id, iso(tick)])),
  );
  const last = due.at(-1) ?? Number.NaN;
  for (const daemon of daemons) for (const id of containersAt(daemon, last)) yield [daemon, id, ''];
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
