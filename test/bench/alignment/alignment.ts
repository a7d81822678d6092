import type { BenchOptions, Part, PartReport } from '../report.ts';
import { spreadChart } from './chart.ts';
import { findClocks } from './clocks.ts';
import { type Link, symmetric } from './link.ts';
import { clockTable, figures, spreadTable } from './tables.ts';
import { startTestbed } from './testbed.ts';
import { measureAt, measurePrometheus, measureRecorder } from './ways.ts';

const interval = 1;

interface Extent {
  readonly targets: number;
  readonly ticks: number;
  /** With at=: of few ticks one that something disturbs would be all of the p99. */
  readonly atTicks: number;
  /** Mean, each way, in milliseconds: all below the lead of half an interval, jitter included. */
  readonly delays: readonly number[];
  readonly clockTicks: number;
  readonly clockLinks: readonly Link[];
}

const whole: Extent = {
  targets: 50,
  ticks: 16,
  atTicks: 60,
  delays: [0, 5, 50, 250],
  clockTicks: 5,
  clockLinks: [
    ...[0, 5, 50].map((delay) => symmetric(delay)),
    { ...symmetric(5), back: 50 },
    { ...symmetric(50), back: 5 },
  ],
};

const quick: Extent = {
  targets: 5,
  ticks: 3,
  atTicks: 3,
  delays: [5],
  clockTicks: 3,
  clockLinks: [{ ...symmetric(5), back: 50 }],
};

/** How far the samples of one tick are apart, and how well clocks are found, across a network that delays. */
export const alignment: Part = { name: 'alignment', needs: ['prometheus'], run };

async function run({ quick: isQuick, say, scratch }: BenchOptions): Promise<PartReport> {
  const extent = isQuick ? quick : whole;
  const { targets, ticks, atTicks, delays, clockTicks, clockLinks } = extent;
  const clocks = Object.fromEntries(Array.from({ length: targets }, (_, index) => [`node${index}`, 0]));
  const testbed = await startTestbed(clocks);
  const options = { testbed, delays, interval, ticks, folder: scratch, say };
  try {
    const prometheus = await measurePrometheus(options);
    const at = await measureAt({ ...options, ticks: atTicks });
    const measured = [
      ...at.measured,
      ...(await measureRecorder('no at', options)),
      ...prometheus.measured,
    ].toSorted((a, b) => a.delay - b.delay);
    await testbed.stop();
    const found = await findClocks({
      links: clockLinks,
      targets,
      interval,
      ticks: clockTicks,
      folder: scratch,
      say,
    });
    return {
      title: 'Alignment',
      figures: figures(measured, at.floor, found),
      tables: [spreadTable(measured, at.floor, targets), clockTable(found, targets)],
      plots: [await spreadChart(measured)],
      notes: notes(extent, prometheus.version),
    };
  } finally {
    await testbed.stop();
  }
}

function notes({ targets, ticks, atTicks }: Extent, version: string): readonly string[] {
  return [
    `${targets} exporters in one process (the real HTTP server and appointments, over a machine that tells nothing but when it was looked at) are reached through a proxy, which delays each piece of what is sent by half to one and a half of the mean, in order. Each line is of ${ticks} ticks, with at= of ${atTicks}, at an interval of ${interval} s, one line after the other; the recorder has made a short run before. The moment of a sample is always the exporter's own record of it, by the clock of this machine.`,
    `Spread: last less first sample of a tick. Skew: how far a sample is from the time that it is stored under. For the recorder that is the tick, for Prometheus ${version} the beginning of the scrape; it spreads its targets over the interval by design. With at= a request is sent half an interval before the tick, and a delay below that costs nothing. Without at=: the proxy takes the header X-Kubemon-Clock off, and the recorder asks when the tick comes, as it asks any exporter that is not kubemon's.`,
    `Exporters, proxy and scraper share the cores of this machine. Without at= all are asked at once, and part of the spread is that of requests that wait for a core; with at= only the collection is left at the tick. The floor is a process that waits for the same ticks in the same way, and does nothing else: what it is late by, no exporter on this machine could do better.`,
    `Clocks: half the round trip, the bound, is the most that an offset can be wrong by, even where there and back differ. "Best" is the measurement of each exporter whose bound was narrowest: the recorder judges the alignment by such.`,
  ];
}
