import type { Manifest } from '../api.ts';
import { sources } from '../summary/sources.ts';
import { type Chart, createChart } from './chart.ts';
import { chartKinds, type ChartKind } from './chartKinds.ts';
import { h } from './dom.ts';
import { createFrames, type Frames } from './frames.ts';
import { labelOf } from './label.ts';
import type { Recorder } from './recorder.ts';
import { createTableFeed, type TableFeed } from './tableFeed.ts';
import { createTableUsage, type TableUsage } from './usage.ts';

/** The charts of a run, from its CSV files: of one that is on as they grow. */
export interface RunCharts {
  readonly element: HTMLElement;
  /** Draws what there is by that tick. */
  advance(until: string): Promise<void>;
  mark(timestamp: string, label: string): void;
  close(): void;
}

export interface RunChartsOptions {
  readonly recorder: Recorder;
  readonly manifest: Manifest;
  readonly mode: 'whole' | 'growing';
}

/** More lines than these cannot be told apart. */
const top = 8;

interface ShownTable {
  readonly name: string;
  readonly feed: TableFeed;
  readonly usage: TableUsage;
  readonly shown: readonly ShownChart[];
}

interface ShownChart {
  readonly kind: ChartKind;
  readonly chart: Chart;
  readonly frames: Frames;
}

export function createRunCharts({ recorder, manifest, mode }: RunChartsOptions): RunCharts {
  const { run, files, ticks, settings, daemons } = manifest;
  const ending = new AbortController();
  const marks = manifest.marks.map(({ timestamp, label }) => ({ time: Date.parse(timestamp) / 1000, label }));
  const charts = new Map(chartKinds.map((kind) => [kind, createChart(kind, marks, top)]));
  const isOneNode = new Set(daemons.map(({ node }) => node)).size < 2;

  const tables = files.flatMap((file): readonly ShownTable[] => {
    const name = file.name.replace(/\.csv$/, '');
    const kinds = chartKinds.filter(({ table }) => table === name);
    if (kinds.length === 0) return [];
    const shown = kinds.flatMap((kind) => {
      const chart = charts.get(kind);
      return chart === undefined ? [] : [{ kind, chart, frames: createFrames() }];
    });
    const measures = new Set(kinds.flatMap((kind) => kind.measures.map(({ measure }) => measure)));
    const all = sources[kinds[0]?.scope ?? 'node'];
    const usage = createTableUsage(
      file,
      all.filter((each) => each.table === name && measures.has(each.measure)),
    );
    const feed = createTableFeed({
      file,
      ticks: ticks.done,
      part: (start, end) => recorder.part(run, file.name, start, end, ending.signal),
      take: ({ timestamp, rows }) => {
        const used = usage.take(rows);
        for (const { kind, frames } of shown) frames.add(Date.parse(timestamp) / 1000, valuesOf(kind, used));
      },
    });
    return [{ name: file.name, feed, usage, shown }];
  });

  async function read({ name, feed, usage, shown }: ShownTable, until: string | undefined): Promise<void> {
    const stride = await (until === undefined ? feed.readAll() : feed.readOn(until));
    for (const { kind, chart, frames } of shown) {
      const lines = frames.lines(top, gapOf(settings.intervalSeconds, stride ?? 1));
      const labels = lines.lines.map(({ key }) => labelOf(kind, key, usage.lastRow(baseKey(key)), isOneNode));
      chart.show({ lines, labels, isGrowing: mode === 'growing', note: noteOn(run, name, stride) });
    }
  }

  return {
    element: h('div', { class: 'charts' }, ...Array.from(charts.values(), ({ element }) => element)),
    async advance(until) {
      // One after the other: the recorder has other things to do.
      for (const table of tables) await read(table, mode === 'whole' ? undefined : until);
    },
    mark: (timestamp, label) => {
      marks.push({ time: Date.parse(timestamp) / 1000, label });
    },
    close() {
      ending.abort();
      for (const chart of charts.values()) chart.close();
    },
  };
}

/** Seconds between ticks that are no neighbours. Parts of a file do not lie quite evenly in time. */
function gapOf(interval: number, stride: number): number {
  return interval * (stride > 1 ? stride * 3 : 1.5);
}

function noteOn(run: string, file: string, stride: number | undefined): string | undefined {
  if (stride === 1) return undefined;
  return stride === undefined
    ? `${file} is too large to be drawn here: kubemon summary ${run} reads all of it.`
    : `${file} is large: about one tick in ${Math.round(stride)} is drawn.`;
}

/** A chart of two measures has two lines a thing. */
function valuesOf(
  { measures }: ChartKind,
  used: ReturnType<TableUsage['take']>,
): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const { measure, direction } of measures) {
    for (const [key, value] of used.get(measure) ?? [])
      values.set(direction === undefined ? key : `${key}\r${direction}`, value);
  }
  return values;
}

function baseKey(key: string): string {
  return key.split('\r', 1)[0] ?? '';
}
