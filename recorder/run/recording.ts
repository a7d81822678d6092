import type { Log } from '../../exporter/serve/log.ts';
import type { TickResult } from '../api.ts';
import type { EventKind } from '../csv/event.ts';
import type { RunFolder } from '../csv/folder.ts';
import type { Mark } from '../csv/records.ts';
import { isoTime } from '../csv/rows.ts';
import type { Problem } from '../discovery/discovery.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { createScraper } from '../scrape/request.ts';
import { createStepDetector } from './clockSteps.ts';
import type { Connection, Outcome } from './connection.ts';
import type { RunEnding } from './describeRun.ts';
import { createDropLog } from './dropLog.ts';
import type { Manifest, RunSettings } from './manifest.ts';
import type { ManifestSource } from './manifestSource.ts';
import type { Progress } from './progress.ts';
import { atMostUntil, createAlarm, type RunClock } from './runClock.ts';
import { createSavedManifest } from './savedManifest.ts';
import { type Schedule, startSchedule } from './schedule.ts';
import { scrapeTick } from './tick.ts';
import { droppedTick, tickResult } from './tickResult.ts';
import type { TickWriter } from './tickWriter.ts';

export interface RecordingOptions {
  /** The targets of the next tick. */
  readonly connections: () => readonly Connection[];
  /** What is wrong with discovery. */
  readonly problems: () => readonly Pick<Problem, 'message' | 'unrecorded'>[];
  readonly log: Log;
  readonly onTick: (result: TickResult) => void;
  /** The run is over: it is to be stopped. */
  readonly onEnd: () => void;
}

/** A run that is to be recorded from now on. */
export interface Beginning {
  readonly run: string;
  readonly settings: RunSettings;
  readonly folder: RunFolder;
  readonly clock: RunClock;
  /** By that clock. */
  readonly start: number;
  readonly progress: Progress;
  readonly writer: TickWriter;
  readonly marks: Mark[];
  readonly manifest: ManifestSource;
  /** Index of the next tick, and of that behind the last. */
  readonly next: number;
  readonly end: number;
  /** It is over, and was at that moment: onEnd is called at once. */
  readonly stoppedAt?: number;
}

/** A run that is on. */
export interface Recording {
  /** Absolute path of its folder. */
  readonly path: string;
  /** Seconds since its start. */
  elapsed(): number;
  /** run.json as it is now. */
  manifest(): Manifest;
  lastTick(): TickResult | undefined;
  mark(label: string): Mark;
  /** Writes run.json soon: something in it has changed. */
  changed(): void;
  /** Ends the run within `patience` seconds: answers that have not come by then are missed. */
  stop(patience: number): Promise<StoppedRun>;
  /** As `stop`, but the run is to go on when the recorder is started again. */
  suspend(patience: number): Promise<void>;
}

/** A run that is over. */
export interface StoppedRun {
  readonly manifest: Manifest;
  /** False: run.json could not be written, and says less than the manifest. */
  readonly isWritten: boolean;
}

/** Ticks that may wait for answers or the disk; beyond them new ones are dropped, so that they never pile up. */
const maxPendingTicks = 10;

/** Records a run until it is stopped or suspended. */
export function record(
  { run, settings, folder, clock, progress, writer, marks, manifest, ...beginning }: Beginning,
  options: RecordingOptions,
): Recording {
  const { log } = options;
  const alarm = createAlarm(clock.now);
  const scraper = createScraper({ clock: clock.now, maxBytes: settings.bodySizeLimit });
  const detectStep = createStepDetector();
  const manifests = createSavedManifest({ name: run, folder, describe, now: clock.now, progress, log });
  const drops = createDropLog(run, log);
  /** Ticks are written one after the other, in their order. */
  let queue = Promise.resolve();
  /** The ticks whose rows are not written yet. */
  const pending = new Map<number, Promise<void>>();
  let lastTick: TickResult | undefined;
  /** Seconds since the epoch. */
  let stoppedAt = beginning.stoppedAt ?? Infinity;
  let ending: RunEnding | undefined;

  function describe(): Manifest {
    return manifest(folder.files(), ending);
  }

  function note(timestamp: number, kind: EventKind, detail: string): void {
    writer.note({ timestamp, kind, node: '', target: 'recorder', subject: run, detail });
  }

  function report(result: TickResult): void {
    lastTick = result;
    options.onTick(result);
  }

  function drop(tick: number, reason: string): void {
    drops.dropped(tick, reason);
    progress.dropped(reason);
    note(tick, 'tick_dropped', reason);
    report(droppedTick(run, tick, reason));
  }

  function onTick(tick: number): void {
    if (pending.size >= maxPendingTicks) {
      drop(tick, `The rows of the last ${pending.size} ticks are not on the disk yet.`);
      return;
    }
    const outcomes = scrapeTick(tick, options.connections(), {
      alarm,
      scraper,
      timeout: settings.timeoutSeconds,
    });
    queue = writeInTurn(tick, outcomes, queue);
    pending.set(tick, queue);
  }

  async function writeInTurn(
    tick: number,
    outcomes: Promise<readonly Outcome[]>,
    previous: Promise<void>,
  ): Promise<void> {
    const all = await outcomes;
    await previous;
    await write(tick, all);
    pending.delete(tick);
  }

  async function write(tick: number, outcomes: readonly Outcome[]): Promise<void> {
    // A tick whose moment had not come when the run was stopped is none of the run's.
    if (tick > stoppedAt) return;
    for (const { message, unrecorded } of options.problems()) {
      if (unrecorded !== undefined) progress.trouble(`As of ${isoTime(tick)}: ${message}`, unrecorded);
    }
    const step = detectStep(clock.now(), clock.drift());
    if (step !== undefined) {
      const moved = `${step > 0 ? '+' : ''}${step.toFixed(3)} s`;
      note(
        tick,
        'clock_step',
        `The recorder's wall clock was stepped by ${moved}; timestamps go on without it.`,
      );
    }
    const written = await rowsWritten(tick, outcomes);
    if (written !== undefined) report(tickResult(run, tick, outcomes, written));
    manifests.saveIfOld();
  }

  async function rowsWritten(tick: number, outcomes: readonly Outcome[]): Promise<number | undefined> {
    try {
      const rows = await writer.write(tick, outcomes);
      drops.ended();
      return rows;
    } catch (error) {
      drop(tick, `Its rows could not be written: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** It may be stopped or suspended while its last tick is awaited. */
  async function endAfter(written: Promise<void>): Promise<void> {
    await written;
    if (stoppedAt === Infinity) options.onEnd();
  }

  function startTicks(): Schedule {
    return startSchedule({
      interval: settings.intervalSeconds,
      lead: settings.leadSeconds,
      first: beginning.next,
      end: beginning.end,
      alarm,
      onTick,
      onMissed: (tick, late) => {
        drop(tick, `The recorder was held up and came ${Math.round(late * 1000)} ms too late for it.`);
      },
      onEnd: () => {
        void endAfter(queue);
      },
    });
  }
  const schedule = beginning.stoppedAt === undefined ? startTicks() : undefined;
  if (schedule === undefined) queueMicrotask(options.onEnd);

  /** No tick is begun any more; resolves when those that are due are written. */
  async function endTicks(patience: number, told: Promise<unknown>): Promise<void> {
    const due = [...pending].filter(([tick]) => tick <= stoppedAt).map(([, written]) => written);
    await told;
    await atMostUntil(alarm, clock.now() + patience, Promise.all(due));
    await scraper.close();
    await queue;
  }

  async function closeFolder(): Promise<void> {
    try {
      await folder.close();
    } catch (error) {
      progress.trouble(`The last rows could not be written: ${messageOf(error)}`);
    }
  }

  return {
    path: folder.path,
    elapsed: () => clock.now() - beginning.start,
    manifest: describe,
    lastTick: () => lastTick,
    mark: (label) => {
      const mark = { timestamp: clock.now(), label };
      marks.push(mark);
      writer.mark(mark);
      manifests.save();
      return mark;
    },
    changed: () => {
      manifests.save();
    },
    stop: async (patience) => {
      schedule?.stop();
      stoppedAt = Math.min(stoppedAt, clock.now());
      const stop = isoTime(stoppedAt);
      // Should the recorder end meanwhile, the next start finds that the run is not to go on.
      ending = { stop, isComplete: false };
      await endTicks(patience, manifests.saveStop(stop));
      writer.end();
      await closeFolder();
      drops.ended();
      ending = { stop, isComplete: true };
      const isWritten = await manifests.saveStop(stop);
      return { manifest: describe(), isWritten };
    },
    suspend: async (patience) => {
      schedule?.stop();
      stoppedAt = clock.now();
      await endTicks(patience, Promise.resolve());
      writer.remember({ kind: 'suspended' });
      writer.suspend();
      await closeFolder();
      drops.ended();
      await manifests.saveNow();
    },
  };
}
