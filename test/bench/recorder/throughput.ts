import { join } from 'node:path';
import { findPrometheus, type PrometheusProgram } from '../prometheusProgram.ts';
import type { Figure, Table } from '../report.ts';
import { readProfile, timeByFile } from './cpuProfile.ts';
import { type LoadResult, loadResult } from './loadResult.ts';
import { type Load, measureRun, withFleet } from './measureRun.ts';
import { count, megabytes, milliseconds, percent } from './numbers.ts';
import { measurePrometheus, type PrometheusCost } from './prometheus.ts';
import type { ToldTick } from './recorder.ts';
import type { Section, SectionOptions } from './section.ts';

interface Recorded extends LoadResult {
  readonly csvBytesPerSample: number;
  readonly archiveBytesPerSample: number;
  readonly samplesPerScrape: number;
  readonly bytesPerScrape: number;
  readonly bytesOnWire: number;
  /** CPU of one of the ticks that are left out, but for the first five. */
  readonly early: number;
}

/** The same targets, answering plainly or compressed. */
interface Beside {
  readonly recorded: Recorded;
  readonly peer: PrometheusCost;
}

/** CPU from socket to synced CSV, beside Prometheus on the same targets. */
export async function throughput(options: SectionOptions): Promise<Section & { readonly alone: LoadResult }> {
  const { quick } = options;
  const program = findPrometheus();
  if (program === undefined) throw new Error('There is no prometheus on PATH any more.');
  const { version } = program;
  const load = {
    daemons: quick ? 5 : 50,
    samples: 2000,
    interval: 1,
    compressed: false,
    churn: 0,
    ticks: quick ? 3 : 75,
  };
  // Until then V8 still compiles what runs often, on threads of its own.
  const first = quick ? 1 : 45;
  const plain = await measureBeside(load, first, program, options);
  const compressed = await measureBeside({ ...load, compressed: true }, first, program, options);
  options.say('once more, profiled');
  const profile = await profileTable({ ...load, compressed: true }, options, load.ticks - first);
  const { recorded, peer } = compressed;
  return {
    alone: recorded,
    figures: [...figures(plain, 'plain answers'), ...figures(compressed, 'compressed answers')],
    tables: [peerTable({ plain, compressed }, version), profile],
    notes: [
      `Throughput: ${load.daemons} daemons with ${count(recorded.samplesPerScrape)} samples each, every ${load.interval} s, for ${load.ticks} ticks, of which the first ${first} are left out: at first every series is new, which alone takes ${milliseconds(recorded.firstSight)} of CPU in all, and V8 compiles what runs often, so that ticks 6 to ${first} take ${milliseconds(recorded.early)} each where the later ones take ${milliseconds(recorded.cpuPerTick)}. Of the others ${count(plain.recorded.missed)} scrapes of plain answers were missed and ${count(recorded.missed)} of compressed ones: what they cost counts, their samples do not. An answer is ${count(recorded.bytesPerScrape)} bytes, ${count(recorded.bytesOnWire)} compressed; the recorder asks for compressed ones but on its own machine, Prometheus always. The daemons show what the real exporter shows of a machine made of files, with more of its containers under other names; every counter that is not 0 moves at every tick. 25 of them differ, the others repeat these. CPU is that of the recorder's process, all threads, by /proc/PID/stat, until the tick's files are synced and /events tells of it. Prometheus' block is the one that it makes of the samples in memory, ${count(peer.samplesPerSeries)} of each series; of a longer time it has less index a sample. The profile is of compressed answers.`,
    ],
  };
}

async function measureBeside(
  load: Load,
  first: number,
  program: PrometheusProgram,
  options: SectionOptions,
): Promise<Beside> {
  const { say, scratch } = options;
  const answers = load.compressed ? 'compressed' : 'plain';
  say(`${load.daemons} daemons x ${load.samples} samples every ${load.interval} s, ${answers}`);
  const recorded = await measureRun(load, options, async (run): Promise<Recorded> => {
    const all = run.ticks.flatMap(({ result }) => result.targets.map(({ samples = 0 }) => samples));
    const samples = all.reduce((sum, each) => sum + each, 0);
    const { samplesPerScrape, bytesPerScrape, bytesOnWire } = run.fleet;
    return {
      ...loadResult(run, first),
      csvBytesPerSample: run.stopped.bytes / samples,
      archiveBytesPerSample: (await bytesOf(`http://${run.recorder.host}/runs/bench.tar.gz`)) / samples,
      early: earlyCpu(run.ticks, first),
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
  say(`Prometheus on the same, ${answers}`);
  const peer = await withFleet({ ...load, recorded: options.recorded }, (fleet) =>
    measurePrometheus(program, fleet, join(scratch, `prometheus-${answers}`), {
      interval: load.interval,
      warming: first,
      seconds: load.ticks - first,
    }),
  );
  return { recorded, peer };
}

/** Seconds. */
function earlyCpu(ticks: readonly ToldTick[], first: number): number {
  const from = Math.min(5, first) - 1;
  const [begin, end] = [ticks[from], ticks[first - 1]];
  return begin === undefined || end === undefined
    ? Number.NaN
    : (end.use.cpu - begin.use.cpu) / (first - 1 - from);
}

function cpuPerMillion({ cpuPerTick, ticks, samples }: LoadResult): number {
  return ((cpuPerTick * ticks) / samples) * 1e6;
}

function figures({ recorded, peer }: Beside, answers: string): readonly Figure[] {
  const rate = 1e6 / cpuPerMillion(recorded);
  const peerRate = peer.samples / peer.cpu;
  return [
    {
      what: `Samples per CPU-second, from socket to synced CSV (${answers})`,
      measured: count(rate),
      ratio: `${(rate / peerRate).toFixed(2)} x Prometheus`,
      goal: '1,000,000 (stretch: 2,000,000)',
      isMet: rate >= 1e6,
    },
  ];
}

function peerTable(besides: Readonly<Record<string, Beside>>, version: string): Table {
  const bytes = (value: number) => value.toFixed(2);
  return {
    title: 'The same targets, the same interval',
    columns: ['', 'answers', 'CPU per million samples', 'peak memory', 'bytes on disk a sample', 'packed'],
    rows: Object.entries(besides).flatMap(([answers, { recorded, peer }]) => [
      [
        'kubemon recorder',
        answers,
        milliseconds(cpuPerMillion(recorded)),
        megabytes(recorded.highest),
        `${bytes(recorded.csvBytesPerSample)} (CSV)`,
        `${bytes(recorded.archiveBytesPerSample)} (tar.gz)`,
      ],
      [
        `Prometheus ${version}`,
        answers,
        milliseconds((peer.cpu / peer.samples) * 1e6),
        megabytes(peer.highest),
        `${bytes(peer.walBytesPerSample)} (write-ahead log)`,
        `${bytes(peer.blockBytesPerSample)} (block, ${bytes(peer.indexBytesPerSample)} of it index)`,
      ],
    ]),
  };
}

async function profileTable(load: Load, options: SectionOptions, seconds: number): Promise<Table> {
  const folder = join(options.scratch, 'profile');
  const nodeOptions = ['--cpu-prof', '--cpu-prof-dir', folder];
  await measureRun({ ...load, nodeOptions }, options, () => undefined);
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
