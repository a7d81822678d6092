import type { CsvCells } from '../csv/readRows.ts';
import { recorderTarget } from '../run/scrapeRecord.ts';
import type { RunData } from './runData.ts';
import type { Thing } from './thing.ts';

/** What events.csv tells of counters that do not go on from where they were. */
export interface Restarts {
  /** Reads on to a tick: from now on the questions are answered as of that. */
  advanceTo(timestamp: string): Promise<void>;
  /** Whether the thing began anew behind that tick: its counters, or those of what it is in, were reset. */
  hasRestartedSince(thing: Thing, timestamp: string): boolean;
  /** Whether a counter of the thing fell behind that tick, and it is the same thing all the same. */
  hasGoneBackSince(thing: Thing, timestamp: string): boolean;
}

/** Reads events.csv beside the rows of another file: both are sorted by tick. */
export function readRestarts(run: RunData): Restarts {
  const columns = run.file('events.csv')?.columns.map(({ name }) => name) ?? [];
  const [time, kind, node, target, subject, detail] = (
    ['timestamp', 'kind', 'node', 'target', 'subject', 'detail'] as const
  ).map((name) => columns.indexOf(name));
  const events = eachRow(run);
  /** By node and subject, the last tick that it happened on. */
  const restarted = new Map<string, string>();
  const wentBack = new Map<string, string>();
  let next: CsvCells | undefined;
  let isEnded = false;

  function take(cells: CsvCells): void {
    const cell = (at: number | undefined): string => cells[at ?? -1] ?? '';
    const timestamp = cell(time);
    const key = placeOf(cell(node), cell(subject));
    switch (cell(kind)) {
      case 'container_born':
        restarted.set(key, timestamp);
        break;
      case 'reset':
        // An exporter that was started again counts anew what it counts itself; the machine goes on.
        if (!cell(detail).startsWith('The exporter ')) restarted.set(key, timestamp);
        break;
      case 'went_back':
        wentBack.set(key, timestamp);
        break;
      case 'gap':
        // The recorder was away: its own CPU time counts from its start.
        if (cell(target) === recorderTarget) restarted.set(placeOf('', recorderTarget), timestamp);
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
      [key, containerId, ''].some((each) => (restarted.get(placeOf(of, each ?? key)) ?? '') > timestamp),
    hasGoneBackSince: ({ node: of, key }, timestamp) => (wentBack.get(placeOf(of, key)) ?? '') > timestamp,
  };
}

async function* eachRow(run: RunData): AsyncGenerator<CsvCells, undefined> {
  for await (const rows of run.rows('events.csv')) yield* rows;
}

function placeOf(node: string, subject: string): string {
  return `${node}\n${subject}`;
}
