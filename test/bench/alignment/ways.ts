import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from './child.ts';
import { symmetric } from './link.ts';
import { collectedAtName, type Moment } from './moment.ts';
import { startPrometheus } from './prometheus.ts';
import { type CsvRow, startRecorder } from './recorder.ts';
import { ascending, type Spread, spreadOf } from './spread.ts';
import type { Testbed } from './testbed.ts';

/** How the exporters are asked. */
export type Way = 'at' | 'no at' | 'Prometheus';

/** What came of one way at one delay. */
export interface Measured {
  readonly way: Way;
  /** Mean, each way, in milliseconds. */
  readonly delay: number;
  readonly spread: Spread;
}

export interface WayOptions {
  readonly testbed: Testbed;
  readonly delays: readonly number[];
  readonly interval: number;
  readonly ticks: number;
  readonly folder: string;
  readonly say: (line: string) => void;
}

/**
 * The real recorder. Without `at`: the proxy hides what tells a kubemon exporter, so that the recorder asks
 * when the tick comes, as it asks any other exporter, and keeps its series in samples.csv.
 */
export async function measureRecorder(
  way: 'at' | 'no at',
  { testbed, delays, interval, ticks, folder, say }: WayOptions,
): Promise<readonly Measured[]> {
  const hidesClock = way === 'no at';
  await testbed.lay(symmetric(0, hidesClock));
  const targets = Object.keys(testbed.urls).length;
  const recorder = await startRecorder(folder, testbed.urls, interval);
  try {
    const measured: Measured[] = [];
    // Until then V8 is still compiling what runs at each tick.
    await recorder.record(`${hidesClock ? 'without' : 'with'}-before`, Math.min(ticks, 10));
    for (const delay of delays) {
      say(`the recorder, ${hidesClock ? 'without at=' : 'with at='}, ${delay} ms each way`);
      await testbed.lay(symmetric(delay, hidesClock));
      const rowsOf = await recorder.record(`${hidesClock ? 'without' : 'with'}-${delay}`, ticks);
      const samples = hidesClock
        ? (await rowsOf('samples.csv')).flatMap(sampleOfSeries)
        : (await rowsOf('scrapes.csv')).flatMap(sampleOfScrape);
      const first = Math.min(...(await rowsOf('scrapes.csv')).map(timestampOf));
      const moments = samples.map((sample) => ({
        ...sample,
        tick: Math.round((sample.timestamp - first) / interval),
      }));
      measured.push({ way, delay, spread: spreadOf(moments, { ticks, targets }) });
    }
    return measured;
  } finally {
    await recorder.stop();
  }
}

/** The recorder with `at`, and how late a process is meanwhile that only waits for the ticks: seconds, ascending. */
export async function measureAt(
  options: WayOptions,
): Promise<{ readonly measured: readonly Measured[]; readonly floor: readonly number[] }> {
  const waiting: Child<{ interval: number } | { end: true }> = startChild('floor');
  try {
    await waiting.ask({ interval: options.interval });
    const measured = await measureRecorder('at', options);
    const late = await waiting.ask<readonly number[]>({ end: true });
    return { measured, floor: late.toSorted(ascending) };
  } finally {
    await waiting.stop();
  }
}

/** The real Prometheus: what it has stored, under which timestamps. */
export async function measurePrometheus({
  testbed,
  delays,
  interval,
  ticks,
  folder,
  say,
}: WayOptions): Promise<{ readonly measured: readonly Measured[]; readonly version: string }> {
  await testbed.lay(symmetric(0));
  const ports = Object.values(testbed.ports);
  const prometheus = await startPrometheus(folder, ports, interval);
  try {
    const measured: Measured[] = [];
    for (const delay of delays) {
      say(`Prometheus ${prometheus.version}, ${delay} ms each way`);
      await testbed.lay(symmetric(delay));
      const begin = Date.now() / 1000 + interval;
      // A scrape that has begun in the last interval has to arrive, too.
      await sleep((ticks + 2) * interval * 1000);
      const moments = await prometheus.moments(begin);
      measured.push({
        way: 'Prometheus',
        delay,
        spread: spreadOf(moments, { ticks, targets: ports.length }),
      });
    }
    return { measured, version: prometheus.version };
  } finally {
    await prometheus.stop();
  }
}

type Sample = Omit<Moment, 'tick'>;

/** What failed has no collected_at. */
function sampleOfScrape(row: CsvRow): readonly Sample[] {
  const { target = '', collected_at: collectedAt = '' } = row;
  if (collectedAt === '') return [];
  return [{ target, timestamp: timestampOf(row), collectedAt: Number(collectedAt) }];
}

function sampleOfSeries(row: CsvRow): readonly Sample[] {
  const { target = '', metric, value } = row;
  if (metric !== collectedAtName) return [];
  return [{ target, timestamp: timestampOf(row), collectedAt: Number(value) }];
}

function timestampOf({ timestamp = '' }: CsvRow): number {
  return Date.parse(timestamp) / 1000;
}
