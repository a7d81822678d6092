import { setTimeout as sleep } from 'node:timers/promises';
import { processUse } from '../processUse.ts';
import { mean, median } from './arithmetic.ts';
import { connect } from './connection.ts';
import { openCpuTime } from './cpuTime.ts';
import type { Floor } from './floor.ts';
import { inTurn } from './inTurn.ts';
import type { Server } from './server.ts';
import type { Stages, StagesProcess } from './stagesProcess.ts';

/** What an exporter costs; times in seconds, sizes in bytes. */
export interface Cost {
  readonly name: string;
  /** All that its process used in the rounds, also between the scrapes. */
  readonly cpuPerScrape: number;
  /** Of a second in which nobody scrapes, where that was measured. */
  readonly cpuIdle?: number;
  readonly answered: number;
  /** The most after any scrape. */
  readonly resident: number;
  readonly series: number;
  readonly bytes: number;
  /** Of kubemon: how long its synchronous pass of reading and parsing took, and how long at most. */
  readonly collection?: { readonly median: number; readonly longest: number };
  /** Of kubemon: processes and containers shown. */
  readonly shown: { readonly processes: number; readonly containers: number };
}

export interface Costs {
  readonly exporters: readonly Cost[];
  /** CPU of one pass of the floor, and how many files that reads. */
  readonly floor: { readonly cpu: number; readonly files: number };
  /** Medians of the CPU of what kubemon does for a scrape. */
  readonly stages: Stages;
  readonly secondsApart: number;
}

export interface Contender {
  readonly server: Server;
  readonly encoding: 'identity' | 'gzip';
}

export interface Rounds {
  /** So many times kubemon is scraped in a row before: V8 compiles the code of an exporter that has just begun. */
  readonly inARow: number;
  readonly warmUp: number;
  readonly rounds: number;
  /** How long nobody scrapes before it is measured what that costs, and while it is; absent: it is not. */
  readonly idle?: { readonly rest: number; readonly seconds: number };
}

/** What is measured beside the exporters. */
export interface Beside {
  readonly floor: Floor;
  readonly stages: StagesProcess;
}

/**
 * Measures exporters side by side. What reads just what kubemon, the first, reads is not next to it, where
 * there are others to come between: it would find the caches warm.
 */
export async function measureCosts(
  contenders: readonly Contender[],
  { floor, stages }: Beside,
  { inARow, warmUp, rounds, idle }: Rounds,
): Promise<Costs> {
  const meters = contenders.map(({ server, encoding }) => createMeter(server, encoding));
  const passes: number[] = [];
  const staged: Stages[] = [];
  const readFloor = async () => {
    passes.push(await floor.pass());
  };
  const takeStages = async () => {
    staged.push(await stages.pass());
  };
  const [first, ...others] = meters.map(({ scrape }) => scrape);
  if (first === undefined) throw new Error('There is no exporter to measure.');
  const turns = [first, ...others.splice(0, 1), takeStages, ...others.splice(0, 1), readFloor, ...others];
  try {
    const kubemon = meters.filter((_, index) => contenders[index]?.server.name === 'kubemon');
    for (let scraped = 0; scraped < inARow; scraped++) {
      for (const { scrape } of kubemon) await scrape();
      await takeStages();
    }
    await inTurn(warmUp, turns);
    for (const { forget } of meters) forget();
    for (const list of [passes, staged]) list.length = 0;
    let secondsApart = Number.NaN;
    const scraped = await cpuOf(meters, async () => {
      secondsApart = await inTurn(rounds, turns);
    });
    const resting = idle && (await restingCpu(meters, idle));
    return {
      exporters: meters.map(({ cost }, index) =>
        cost((scraped[index] ?? Number.NaN) / rounds, resting && { cpuIdle: resting[index] ?? Number.NaN }),
      ),
      floor: { cpu: median(passes), files: floor.files },
      stages: {
        collecting: median(staged.map(({ collecting }) => collecting)),
        rendering: median(staged.map(({ rendering }) => rendering)),
        // It is not collected after every scrape.
        garbage: mean(staged.map(({ garbage }) => garbage)),
      },
      secondsApart,
    };
  } finally {
    for (const { close } of meters) close();
  }
}

/** CPU that each used meanwhile, in seconds. */
async function cpuOf(meters: readonly Meter[], wait: () => Promise<void>): Promise<readonly number[]> {
  const before = meters.map(({ cpu }) => cpu());
  await wait();
  return meters.map(({ cpu }, index) => cpu() - (before[index] ?? Number.NaN));
}

/**
 * CPU of a second in which nobody scrapes. First they rest: V8 looks through all of its memory 8 s after a process
 * has come to rest, and up to twice more.
 */
async function restingCpu(
  meters: readonly Meter[],
  { rest, seconds }: NonNullable<Rounds['idle']>,
): Promise<readonly number[]> {
  await sleep(rest * 1000);
  const used = await cpuOf(meters, () => sleep(seconds * 1000));
  return used.map((cpu) => cpu / seconds);
}

type Meter = ReturnType<typeof createMeter>;

function createMeter(server: Server, encoding: Contender['encoding']) {
  const connection = connect(server.url, encoding);
  const answered: number[] = [];
  const bytes: number[] = [];
  const collections: number[] = [];
  let resident = 0;
  let text = '';
  return {
    cpu: openCpuTime(server.pid),
    scrape: async () => {
      const answer = await connection.scrape();
      text = answer.text();
      answered.push(answer.seconds);
      bytes.push(answer.bytes);
      const collection = /^kubemon_exporter_collection_seconds (.+)$/m.exec(text)?.[1];
      if (collection !== undefined) collections.push(Number(collection));
      resident = Math.max(resident, processUse(server.pid).resident);
    },
    forget: () => {
      for (const list of [answered, bytes, collections]) list.length = 0;
    },
    cost: (cpuPerScrape: number, resting: Pick<Cost, 'cpuIdle'> = {}): Cost => ({
      name: encoding === 'gzip' ? `${server.name}, gzip` : server.name,
      cpuPerScrape,
      ...resting,
      answered: median(answered),
      resident,
      series: count(text, /^[^#\n]/gm),
      bytes: Math.round(median(bytes)),
      ...(collections.length > 0
        ? { collection: { median: median(collections), longest: Math.max(...collections) } }
        : {}),
      shown: {
        processes: count(text, /^kubemon_process_threads\{/gm),
        containers: count(text, /^kubemon_container_info\{/gm),
      },
    }),
    close: connection.close,
  };
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}
