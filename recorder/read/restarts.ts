import type { CsvCells } from '../csv/readRows.ts';
import { isRecorder } from '../shards/recorderTargets.ts';
import type { RunData } from './runData.ts';
import { placeOf, type Thing } from './thing.ts';

/** What events.csv tells of counters that do not go on from where they were. */
export interface Restarts {
  /** Reads on to a tick: from now on the questions are answered as of that. */
  advanceTo(timestamp: string): Promise<void>;
  /** Whether the thing began anew behind that tick: its counters, or those of what it is in, were reset. */
  hasRestartedSince(thing: Thing, timestamp: string): boolean;
  /** Whether that counter of the thing fell behind that tick, and it is the same thing all the same. */
  hasGoneBackSince(thing: Thing, file: string, column: string, timestamp: string): boolean;
  /** While it reads on, says of each container and process that died, as Thing.life. */
  onDeath(forget: (life: string) => void): void;
  /** Closes events.csv, however far it was read. */
  close(): Promise<void>;
}

/** Reads events.csv beside the rows of another file: both are sorted by tick. */
export function readRestarts(run: RunData): Restarts {
  const columns = run.file('events.csv')?.columns.map(({ name }) => name) ?? [];
  const [time, kind, node, target, subject, detail] = (
    ['timestamp', 'kind', 'node', 'target', 'subject', 'detail'] as const
  ).map((name) => columns.indexOf(name));
  const events = eachRow(run);
  const story = createStory();
  const forgetters: ((life: string) => void)[] = [];
  let next: CsvCells | undefined;
  let isEnded = false;

  function take(cells: CsvCells): void {
    const cell = (at: number | undefined): string => cells[at ?? -1] ?? '';
    const timestamp = cell(time);
    const [of, what] = [cell(node), cell(subject)];
    switch (cell(kind)) {
      case 'container_born':
        story.tell(of, what, timestamp);
        break;
      case 'container_died':
      case 'process_died':
        story.forget(of, what);
        for (const forget of forgetters) forget(placeOf(of, what));
        break;
      case 'reset':
        // An exporter that was started again counts anew what it counts itself; the machine goes on.
        if (!cell(detail).startsWith('The exporter ')) story.tell(of, what, timestamp);
        break;
      case 'went_back':
        for (const counter of countersOf(cell(detail))) story.tell(of, what, timestamp, counter);
        break;
      case 'gap':
        // The recorder was away: its own CPU time counts from its start.
        if (isRecorder(cell(target))) story.tell('', cell(target), timestamp);
        break;
    }
  }

  return {
    async advanceTo(timestamp) {
      while (!isEnded) {
        if (next === undefined) {
          const { value, done = false } = await events.next();
          isEnded = done;
          if (value === undefined) return;
          next = value;
        }
        if ((next[time ?? 0] ?? '') > timestamp) return;
        take(next);
        next = undefined;
      }
    },
    hasRestartedSince: ({ node: of, key, containerId }, timestamp) =>
      [key, containerId, ''].some((each) => story.last(of, each ?? key) > timestamp),
    hasGoneBackSince: ({ node: of, key }, file, column, timestamp) =>
      story.last(of, key, `${file}: ${column}`) > timestamp,
    onDeath(forget) {
      forgetters.push(forget);
    },
    async close() {
      isEnded = true;
      await events.return(undefined);
    },
  };
}

/** When what happened to a subject last; '': never. */
interface Story {
  tell(node: string, subject: string, timestamp: string, counter?: string): void;
  last(node: string, subject: string, counter?: string): string;
  /** With all that is in it: a container's parts and processes. */
  forget(node: string, subject: string): void;
}

function createStory(): Story {
  /** By the container or other subject, then by subject and counter: what dies together lies together. */
  const lives = new Map<string, Map<string, string>>();
  return {
    tell(node, subject, timestamp, counter = '') {
      const life = lifeOf(node, subject);
      const told = lives.get(life) ?? new Map<string, string>();
      lives.set(life, told.set(`${subject}\n${counter}`, timestamp));
    },
    last: (node, subject, counter = '') =>
      lives.get(lifeOf(node, subject))?.get(`${subject}\n${counter}`) ?? '',
    forget(node, subject) {
      const life = lifeOf(node, subject);
      if (life === placeOf(node, subject)) lives.delete(life);
      const told = lives.get(life);
      for (const key of told?.keys() ?? []) if (key.startsWith(`${subject}\n`)) told?.delete(key);
    },
  };
}

function lifeOf(node: string, subject: string): string {
  return placeOf(node, subject.split('/', 1)[0] ?? '');
}

/** `node.csv: cpu_idle_seconds_total from 12.5 to 12.48, …` as `node.csv: cpu_idle_seconds_total`, … */
function countersOf(detail: string): readonly string[] {
  const [file = '', list = ''] = detail.split(': ', 2);
  return Array.from(list.matchAll(/(\w+) from /g), ([, column]) => `${file}: ${column ?? ''}`);
}

async function* eachRow(run: RunData): AsyncGenerator<CsvCells, undefined> {
  for await (const rows of run.rows('events.csv')) yield* rows;
}
