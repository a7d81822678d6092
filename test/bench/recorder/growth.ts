import type { Plot } from '../report.ts';
import { growthPlot } from './growthPlot.ts';
import { type LoadResult, loadResult } from './loadResult.ts';
import { type LoadRow, loadTable } from './loadTable.ts';
import { type Load, measureRun } from './measureRun.ts';
import { count, percent } from './numbers.ts';
import { RecorderEndedError } from './recorder.ts';
import type { Section, SectionOptions } from './section.ts';

/** One way to grow: loads of which each is larger than the one before. */
interface Growth {
  /** File name of its plot. */
  readonly id: string;
  readonly title: string;
  readonly what: string;
  /** Ticks that are left out. */
  readonly first: number;
  readonly loads: readonly Load[];
  readonly size: (load: Load) => number;
  readonly name: (load: Load) => string;
}

interface Scale {
  /** Ticks that are left out, and all. */
  readonly first: number;
  readonly ticks: number;
  /** What grows. */
  readonly daemons: readonly number[];
  readonly series: readonly number[];
  readonly churn: readonly number[];
  /** Daemons with more series, and with churn. */
  readonly few: number;
  readonly some: number;
  /** Seconds; the longer one is of more daemons. */
  readonly interval: number;
  readonly longInterval: number;
}

/** Little of it, to see that it works. */
const small: Scale = {
  first: 1,
  ticks: 3,
  daemons: [2, 5],
  series: [1000, 3000],
  churn: [0, 0.2],
  few: 2,
  some: 5,
  interval: 0.5,
  longInterval: 0.5,
};

/** Beyond what is known to hold: growth ends where it breaks. */
const full: Scale = {
  first: 2,
  ticks: 6,
  daemons: [50, 100, 200, 400, 700, 1000, 1500, 2000, 3000],
  series: [1000, 2000, 5000, 10_000, 20_000, 50_000],
  churn: [0, 0.01, 0.05, 0.2, 0.5],
  few: 20,
  some: 50,
  interval: 2,
  longInterval: 5,
};

function growths(scale: Scale): readonly Growth[] {
  const { first, ticks, few, some, interval, longInterval } = scale;
  const load = { samples: 2000, compressed: true, churn: 0, interval, ticks };
  return [
    {
      id: 'recorder-daemons',
      title: `More daemons of 2,000 samples, every ${longInterval} s`,
      what: 'daemons',
      first,
      loads: scale.daemons.map((daemons) => ({ ...load, daemons, interval: longInterval })),
      size: ({ daemons }) => daemons,
      name: ({ daemons }) => count(daemons),
    },
    {
      id: 'recorder-series',
      title: `More series a daemon, ${few} daemons, every ${interval} s`,
      what: 'series a daemon',
      first,
      loads: scale.series.map((samples) => ({ ...load, daemons: few, samples })),
      size: ({ samples }) => samples,
      name: ({ samples }) => count(samples),
    },
    {
      id: 'recorder-churn',
      title: `More series that are new at each tick, ${some} daemons of 2,000 samples, every ${interval} s`,
      what: 'new at each tick',
      first,
      // What has gone is kept for a while: some ticks more.
      loads: scale.churn.map((churn) => ({ ...load, daemons: some, churn, ticks: ticks + 2 })),
      size: ({ churn }) => churn,
      name: ({ churn }) => percent(churn, 0),
    },
  ];
}

/** How cost grows over daemons, series and churn, to where it breaks. */
export async function growth(options: SectionOptions): Promise<Section> {
  const tables = [];
  const plots: Plot[] = [];
  const notes: string[] = [];
  for (const way of growths(options.quick ? small : full)) {
    const { rows, ended } = await grow(way, options);
    tables.push(loadTable(way.title, way.what, rows));
    plots.push(await growthPlot(way.id, way.title, way.what, rows));
    notes.push(`${way.title}: ${limitOf(rows, way.what)}${ended ?? ''}`);
  }
  return { figures: [], tables, plots, notes };
}

type SizedRow = LoadRow & { readonly size: number };

interface Grown {
  readonly rows: readonly SizedRow[];
  /** At which load the recorder did not live to the end of the run; no figures tell of that. */
  readonly ended?: string;
}

/** Goes on until it no longer holds. */
async function grow(way: Growth, options: SectionOptions): Promise<Grown> {
  const rows: SizedRow[] = [];
  for (const load of way.loads) {
    const name = way.name(load);
    options.say(`${way.title}: ${name}`);
    try {
      const result = await measureRun(load, options, (run) => loadResult(run, way.first));
      rows.push({ ...result, name, size: way.size(load) });
      if (result.problem !== undefined) break;
    } catch (error) {
      if (!(error instanceof RecorderEndedError)) throw error;
      return { rows, ended: ` At ${name} ${error.message}.` };
    }
  }
  return { rows };
}

/** How far it holds, and what ran out. */
function limitOf(rows: readonly SizedRow[], what: string): string {
  const broken = rows.find(({ problem }) => problem !== undefined);
  const held = rows.findLast(({ problem }) => problem === undefined);
  const holds = held === undefined ? 'the least does not hold' : `${held.name} (${what}) hold`;
  if (broken?.problem === undefined) return `${holds}, the most that was tried.`;
  return `${holds}, at ${broken.name} it breaks: ${broken.problem}. What runs out is ${resourceOf(broken)}: CPU is at ${percent(broken.cpuShare, 0)} of a core, memory at ${count(broken.highest / 1e6)} MB.`;
}

/** As far as the figures tell. */
function resourceOf({ problem = '', cpuShare }: LoadResult): string {
  if (problem.startsWith('too_large')) return 'the memory that the recorder allows for answers';
  // One thread does nearly all of it.
  if (cpuShare > 0.8) return 'the CPU of one core';
  return 'time within a tick, which begins with all answers at once';
}
