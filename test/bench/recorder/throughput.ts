import { join } from 'node:path';
import type { Figure, Table } from '../report.ts';
import { readProfile, timeByFile } from './cpuProfile.ts';
import { type LoadResult, loadResult } from './loadResult.ts';
import { type Load, measureRun, withFleet } from './measureRun.ts';
import { count, mebibytes, milliseconds, percent } from './numbers.ts';
import { measurePrometheus, prometheusVersion, type PrometheusCost } from './prometheus.ts';
import type { Section, SectionOptions } from './section.ts';

interface Recorded extends LoadResult {
  readonly csvBytesPerSample: number;
  readonly archiveBytesPerSample: number;
  readonly samplesPerScrape: number;
  readonly bytesPerScrape: number;
  readonly bytesOnWire: number;
}

/** CPU from socket to synced CSV, beside Prometheus on the same targets. */
export async function throughput(options: SectionOptions): Promise<Section & { readonly alone: LoadResult }> {
  const { quick, say, scratch } = options;
  const version = prometheusVersion();
  const load = {
    daemons: quick ? 5 : 50,
    samples: 2000,
    interval: 1,
    churn: 0,
    ticks: quick ? 3 : 35,
  };
  const first = quick ? 1 : 5;
  const seconds = load.ticks - first;
  say(`${load.daemons} daemons x ${load.samples} samples every ${load.interval} s`);
  const recorded = await measureRun(load, options, async (run): Promise<Recorded> => {
    const all = run.ticks.flatMap(({ result }) => result.targets.map(({ samples = 0 }) => samples));
    const samples = all.reduce((sum, each) => sum + each, 0);
    const { samplesPerScrape, bytesPerScrape, bytesOnWire } = run.fleet;
    return {
      ...loadResult(run, first),
      csvBytesPerSample: run.stopped.bytes / samples,
      archiveBytesPerSample: (await bytesOf(`http://${run.recorder.host}/runs/bench.tar.gz`)) / samples,
      samplesPerScrape,
      bytesPerScrape,
      bytesOnWire,
    };
  });
  if (recorded.samples === 0) {
    throw new Error(
      `The recorder has brought no sample of ${load.daemons} daemons (${recorded.problem}): is the machine busy with something else?`,
    );
  }
  say(`Prometheus ${version} on the same`);
  const peer = await withFleet({ ...load, recorded: options.recorded }, (fleet) =>
    measurePrometheus(fleet, join(scratch, 'prometheus'), { interval: 1, warming: first, seconds }),
  );
  say('once more, profiled');
  const profile = await profileTable(load, options, seconds);
  return {
    alone: recorded,
    figures: figures(recorded, peer),
    tables: [peerTable(recorded, peer, version), profile],
    notes: [
      `Throughput: ${load.daemons} daemons with ${count(recorded.samplesPerScrape)} samples each, every ${load.interval} s, for ${load.ticks} ticks, of which the first ${first} are left out: then every series is new, which alone takes ${milliseconds(recorded.firstSight)} of CPU in all. Of the others ${count(recorded.missed)} scrapes were missed: what they cost counts, their samples do not. An answer is ${count(recorded.bytesPerScrape)} bytes, ${count(recorded.bytesOnWire)} compressed. The daemons show what the real exporter shows of a machine made of files, with more of its containers under other names; every counter that is not 0 moves at every tick. 25 of them differ, the others repeat these. CPU is that of the recorder's process, all threads, by /proc/PID/stat, until the tick's files are synced and /events tells of it. Prometheus' block is the one that it makes of the samples in memory, ${count(peer.samplesPerSeries)} of each series; of a longer time it has less index a sample.`,
    ],
  };
}

function cpuPerMillion({ cpuPerTick, ticks, samples }: LoadResult): number {
  return ((cpuPerTick * ticks) / samples) * 1e6;
}

function figures(recorded: Recorded, peer: PrometheusCost): readonly Figure[] {
  const rate = 1e6 / cpuPerMillion(recorded);
  const peerRate = peer.samples / peer.cpu;
  return [
    {
      what: 'Samples per CPU-second, from socket to synced CSV',
      measured: count(rate),
      ratio: `${(rate / peerRate).toFixed(2)} x Prometheus`,
      goal: '1,000,000 (stretch: 2,000,000)',
      isMet: rate >= 1e6,
    },
  ];
}

function peerTable(recorded: Recorded, peer: PrometheusCost, version: string): Table {
  const bytes = (value: number) => value.toFixed(2);
  const peerCost = (peer.cpu / peer.samples) * 1e6;
  return {
    title: 'The same targets, the same interval',
    columns: ['', 'CPU per million samples', 'peak memory', 'bytes on disk a sample', 'packed'],
    rows: [
      [
        'kubemon recorder',
        milliseconds(cpuPerMillion(recorded)),
        mebibytes(recorded.highest),
        `${bytes(recorded.csvBytesPerSample)} (CSV)`,
        `${bytes(recorded.archiveBytesPerSample)} (tar.gz)`,
      ],
      [
        `Prometheus ${version}`,
        milliseconds(peerCost),
        mebibytes(peer.highest),
        `${bytes(peer.walBytesPerSample)} (write-ahead log)`,
        `${bytes(peer.blockBytesPerSample)} (block, ${bytes(peer.indexBytesPerSample)} of it index)`,
      ],
    ],
  };
}

async function profileTable(load: Load, options: SectionOptions, seconds: number): Promise<Table> {
  const folder = join(options.scratch, 'profile');
  const nodeOptions = ['--cpu-prof', '--cpu-prof-dir', folder];
  const ticks = options.quick ? load.ticks : 20;
  await measureRun({ ...load, ticks, nodeOptions }, options, () => undefined);
  const files = timeByFile(readProfile(folder), Math.min(seconds, 15));
  return {
    title: "Where the main thread's time goes",
    columns: ['file', 'share'],
    rows: files.slice(0, 12).map(({ file, share }) => [file, percent(share)]),
  };
}

async function bytesOf(url: string): Promise<number> {
  const { body } = await fetch(url);
  let bytes = 0;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream of bytes
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) bytes += chunk.length;
  return bytes;
}
