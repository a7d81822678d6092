import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLog } from '../../exporter/serve/log.ts';
import type { TickResult } from '../../recorder/api.ts';
import { createConnection } from '../../recorder/run/connection.ts';
import type { RunSettings } from '../../recorder/run/manifest.ts';
import type { StoppedRun } from '../../recorder/run/recording.ts';
import { leadOf, nextTick, tickTime } from '../../recorder/run/schedule.ts';
import { startRecording } from '../../recorder/run/startRecording.ts';
import { createScraper } from '../../recorder/scrape/request.ts';
import type { Target } from '../../recorder/scrape/target.ts';
import { handAlarm } from '../recorder/run/handAlarm.ts';
import { compiled } from '../support/compiled.ts';
import { application } from './world.ts';

export interface SoakOptions {
  readonly ticks: number;
  /** Seconds of the run's time between ticks. */
  readonly interval: number;
  /** Ticks between two looks at memory and descriptors. */
  readonly lookEvery: number;
  readonly outputDir: string;
}

/** What the recorder had in use behind so many ticks, in bytes after a collection of garbage. */
export interface Usage {
  readonly ticks: number;
  readonly resident: number;
  /** Of objects, and of buffers outside of the heap. */
  readonly heap: number;
  readonly descriptors: number;
}

export interface Soak extends StoppedRun {
  /** The run's folder. */
  readonly path: string;
  /** The ticks that the run was to have, in seconds since the epoch. */
  readonly due: readonly number[];
  readonly usage: readonly Usage[];
  /** Of real time. */
  readonly seconds: number;
}

const start = 1_800_000_000;
const maxBytes = 1 << 20;

/**
 * Records a run of so many ticks from targets in another process, over real sockets to synced files. Its
 * time passes by hand: the next tick comes when the last is written, so that hours pass in minutes and no
 * tick is late by the load of the machine.
 */
export async function soak({ ticks, interval, lookEvery, outputDir }: SoakOptions): Promise<Soak> {
  const alarm = handAlarm(start);
  const lead = leadOf(interval);
  const targets = await startTargets(lead);
  const scraper = createScraper({ clock: alarm.now, maxBytes });
  const connections = targets.list.map((target) =>
    createConnection(target, { maxSamples: 10_000, clock: alarm.now }),
  );
  let onTick: (result: TickResult) => void = () => undefined;
  let onEnd: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    onEnd = resolve;
  });
  const collectGarbage = garbageCollection();
  const usage: Usage[] = [];
  try {
    // As a recorder does before a run; from now on the daemons are known as such.
    await Promise.all(connections.map((each) => each.ask(scraper, { deadline: start + 10 })));
    const recording = await startRecording({
      run: 'soak',
      outputDir,
      labels: {},
      settings: settingsOf(interval, ticks),
      recorder: { host: 'here', version: '0.0.0' },
      wall: alarm.now,
      alarm,
      connections: () => connections,
      expected: () => ({ count: targets.list.length - 1, reason: 'TARGETS' }),
      problems: () => [],
      log: createLog('soak', 'fatal'),
      onTick: (result) => onTick(result),
      onEnd: () => onEnd(),
    });
    const first = nextTick(start, interval, lead);
    const due = Array.from({ length: ticks }, (_, index) => tickTime(first + index, interval));
    const began = performance.now();
    for (const [index, tick] of due.entries()) {
      const written = new Promise<TickResult>((resolve) => {
        onTick = resolve;
      });
      alarm.advanceTo(tick - lead);
      await Promise.all(connections.flatMap((each) => each.inFlight() ?? []));
      alarm.advanceTo(tick);
      const { state, reason } = await written;
      if (state !== 'done') throw new Error(`Tick ${index} was dropped: ${reason}`);
      if ((index + 1) % lookEvery === 0) usage.push(collectGarbage(index + 1));
    }
    await ended;
    const seconds = (performance.now() - began) / 1000;
    return { ...(await recording.stop(2)), path: recording.path, due, usage, seconds };
  } finally {
    await scraper.close();
    await targets.end();
  }
}

function settingsOf(interval: number, ticks: number): RunSettings {
  return {
    intervalSeconds: interval,
    timeoutSeconds: 0.8 * interval,
    leadSeconds: leadOf(interval),
    forSeconds: ticks * interval,
    numDaemons: 0,
    bodySizeLimit: maxBytes,
    sampleLimit: 10_000,
  };
}

async function startTargets(
  lead: number,
): Promise<{ readonly list: readonly Target[]; end: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-targets-'));
  const child = fork(compiled('test/soak/targets', folder), [String(start), String(lead)]);
  const exited = once(child, 'exit');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what targets.ts sends
  const [urls] = (await once(child, 'message')) as [Readonly<Record<string, string>>];
  return {
    list: Object.entries(urls).map(([name, url]) => {
      const isApplication = name === application;
      return { name, node: isApplication ? '' : name, url, role: isApplication ? 'further' : 'daemon' };
    }),
    end: async () => {
      child.disconnect();
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Looks at what is in use after all that can be freed is. */
function garbageCollection(): (ticks: number) => Usage {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('This Node has no gc().');
  return (ticks) => {
    Reflect.apply(collect, undefined, []);
    const { rss, heapUsed, external } = process.memoryUsage();
    const descriptors = readdirSync('/proc/self/fd').length;
    return { ticks, resident: rss, heap: heapUsed + external, descriptors };
  };
}
