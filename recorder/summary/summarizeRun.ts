import { readRestarts } from '../read/restarts.ts';
import { useWholeRun } from '../merge/wholeRun.ts';
import type { RunData } from '../read/runData.ts';
import { readTicks } from '../read/ticks.ts';
import type { CsvCells } from '../csv/readRows.ts';
import { createReadings, type Reading } from './readings.ts';
import { sources } from './sources.ts';
import { createTallies, type Tallies, type Tally } from './tallies.ts';
import { scopes, type Usage, type UsageScope, type UsageSort, type UsageSummary } from './usage.ts';
import { isWithin, type Window, windowOf } from './window.ts';

export interface SummaryOptions {
  /** Labels of marks between which it is summed up; default: the whole run. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Default: all three. */
  readonly by?: UsageScope | undefined;
  /** Default: cpu. */
  readonly sort?: UsageSort | undefined;
  /** How many of each; default: all. */
  readonly top?: number | undefined;
}

/** Sums up a run's folder; see summarizeRun. */
export async function summarizeFolder(folder: string, options: SummaryOptions = {}): Promise<UsageSummary> {
  return useWholeRun(folder, (run) => summarizeRun(run, options));
}

/**
 * Reads a run, file by file and as a stream, and sums up what nodes, containers and processes used. Of a run
 * that is on, up to its last tick. Counters are read as rates between two rows of the same thing, both within
 * the window; over a reset there is none, and over a gap it is one.
 */
export async function summarizeRun(run: RunData, options: SummaryOptions = {}): Promise<UsageSummary> {
  const { by, sort = 'cpu', top = Infinity } = options;
  const window = await windowOf(run, options);
  const tallies = createTallies();
  const found: Partial<Record<UsageScope, number>> = {};
  const usage: Partial<Record<UsageScope, readonly Usage[]>> = {};
  for (const scope of scopes.filter((each) => by === undefined || each === by)) {
    const all = await usageOf(run, scope, window, tallies);
    const order = orders[sort];
    found[scope] = all.length;
    usage[scope] = all.toSorted((a, b) => order(b) - order(a)).slice(0, top);
  }
  const seen = await ticksOf(run, window);
  return {
    path: run.path,
    run: run.manifest.run,
    state: run.manifest.state,
    ...seen,
    isExact: tallies.isExact(),
    found,
    usage,
  };
}

interface Found {
  readonly tally: Tally;
  /** The last row: names may have become known late. */
  cells: CsvCells;
  ticks: number;
}

async function usageOf(
  run: RunData,
  scope: UsageScope,
  window: Window,
  tallies: Tallies,
): Promise<readonly Usage[]> {
  const [{ table: whole }] = sources[scope];
  const tables = [...new Set(sources[scope].map(({ table }) => table))];
  const restarts = readRestarts(run);
  const readers = tables.map((table) => {
    const name = `${table}.csv`;
    const read = createReadings(
      run,
      name,
      sources[scope].filter((source) => source.table === table),
      restarts,
    );
    return { name, read, isWhole: table === whole };
  });
  const things = new Map<string, Found>();
  const names = readers.map(({ name }) => name);
  try {
    for await (const { timestamp, rows } of readTicks(run, names)) {
      if (window.to !== undefined && timestamp > window.to) break;
      await restarts.advanceTo(timestamp);
      const readings = new Map<string, Reading[]>();
      for (const { name, read, isWhole } of readers) {
        for (const cells of rows(name)) {
          const row = read(cells);
          if (!isWithin(window, timestamp)) continue;
          if (isWhole) {
            const thing = things.get(row.key) ?? { tally: tallies.create(), cells, ticks: 0 };
            things.set(row.key, thing);
            thing.cells = cells;
            thing.ticks += 1;
          }
          const told = readings.get(row.key) ?? [];
          readings.set(row.key, told);
          told.push(
            ...row.readings.filter(({ growth }) => growth === undefined || isWithin(window, growth.since)),
          );
        }
      }
      for (const [key, told] of readings) things.get(key)?.tally.add(told);
    }
  } finally {
    await restarts.close();
  }
  const labels = labelsOf(run, `${whole}.csv`);
  return Array.from(things.values(), ({ tally, cells, ticks }) => ({
    ...labels(cells),
    ticks,
    ...tally.statistics(),
  }));
}

/** What a row is about, in the words of Usage. */
function labelsOf(run: RunData, name: string): (cells: CsvCells) => Pick<Usage, 'node'> {
  const places = (run.file(name)?.columns ?? []).flatMap(({ name: column, kind }, at) =>
    kind === 'label' ? [[column === 'container_id' ? 'containerId' : column, at] as const] : [],
  );
  return (cells) => ({
    node: '',
    ...Object.fromEntries(places.map(([label, at]) => [label, cells[at] ?? ''])),
  });
}

/** Those that scrapes.csv tells: a tick on which no node answered is one, too. */
async function ticksOf(run: RunData, window: Window): Promise<Pick<UsageSummary, 'from' | 'to' | 'ticks'>> {
  let from: string | undefined;
  let to: string | undefined;
  let ticks = 0;
  for await (const { timestamp } of readTicks(run, ['scrapes.csv'])) {
    if (!isWithin(window, timestamp)) continue;
    from ??= timestamp;
    to = timestamp;
    ticks += 1;
  }
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }), ticks };
}

const orders: Readonly<Record<UsageSort, (usage: Usage) => number>> = {
  cpu: ({ cpuCores }) => cpuCores?.mean ?? -1,
  memory: ({ memoryBytes }) => memoryBytes?.mean ?? -1,
  io: (usage) =>
    (usage.diskReadBytesPerSecond?.mean ?? 0) +
    (usage.diskWrittenBytesPerSecond?.mean ?? 0) +
    (usage.networkReceiveBytesPerSecond?.mean ?? 0) +
    (usage.networkTransmitBytesPerSecond?.mean ?? 0),
};
