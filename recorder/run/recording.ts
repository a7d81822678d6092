import type { Log } from '../../exporter/serve/log.ts';
import type { TickResult } from '../api.ts';
import type { EventKind } from '../csv/event.ts';
import { createRunFolder } from '../csv/folder.ts';
import type { Mark } from '../csv/records.ts';
import { isoTime } from '../csv/rows.ts';
import { messageOf } from '../messageOf.ts';
import { createScraper } from '../scrape/request.ts';
import { createStepDetector } from './clockSteps.ts';
import type { Connection, Outcome } from './connection.ts';
import type { RunDescription } from './describeRun.ts';
import type { Expected } from './expected.ts';
import type { Manifest, RunSettings } from './manifest.ts';
import { createManifestSource } from './manifestSource.ts';
import { createManifestWriter } from './manifestWriter.ts';
import { createProgress } from './progress.ts';
import { atMostUntil, createAlarm, createRunClock } from './runClock.ts';
import { startSchedule } from './schedule.ts';
import { scrapeTick } from './tick.ts';
import { droppedTick, tickResult } from './tickResult.ts';
import { createTickWriter } from './tickWriter.ts';

export interface RecordingOptions {
  readonly run: string;
  readonly outputDir: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly settings: RunSettings;
  readonly recorder: Manifest['recorder'];
  /** The wall clock, in seconds since the epoch. */
  readonly wall: () => number;
  /** The targets of the next tick. */
  readonly connections: () => readonly Connection[];
  readonly expected: () => Expected;
  readonly log: Log;
  readonly onTick: (result: TickResult) => void;
  /** The run's `for` is over. */
  readonly onEnd: () => void;
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
  stop(patience: number): Promise<Manifest>;
}

/** Ticks that may wait for answers or the disk; beyond them new ones are dropped, so that they never pile up. */
const maxPendingTicks = 10;

/** @throws RunExistsError, or an error of the file system when the folder cannot be made. */
export async function startRecording(options: RecordingOptions): Promise<Recording> {
  const { run, settings, log } = options;
  const clock = createRunClock(options.wall);
  const alarm = createAlarm(clock.now);
  const start = clock.now();
  const progress = createProgress();
  const marks: Mark[] = [];
  const description: RunDescription = {
    run,
    labels: options.labels,
    recorder: options.recorder,
    settings,
    start: isoTime(start),
  };
  const manifest = createManifestSource({ ...options, description, marks, progress });
  const folder = await createRunFolder(options.outputDir, run, {
    manifest: manifest([]),
    interval: settings.intervalSeconds,
  });
  const writer = createTickWriter(folder, progress);
  const scraper = createScraper({ clock: clock.now, maxBytes: settings.bodySizeLimit });
  const detectStep = createStepDetector();
  const manifests = createManifestWriter({
    write: () => folder.writeManifest(manifest(folder.files())),
    now: clock.now,
    onError: noManifest,
  });
  /** Ticks are written one after the other, in their order. */
  let queue = Promise.resolve();
  /** The ticks whose rows are not written yet. */
  const pending = new Map<number, Promise<void>>();
  let lastTick: TickResult | undefined;
  /** Seconds since the epoch. */
  let stoppedAt = Infinity;

  function note(timestamp: number, kind: EventKind, detail: string): void {
    writer.note({ timestamp, kind, node: '', target: 'recorder', subject: run, detail });
  }

  function noManifest(error: unknown): void {
    log.error({ err: error, run }, 'run.json could not be written');
    progress.trouble(`run.json could not be written: ${messageOf(error)}`);
  }

  function report(result: TickResult): void {
    lastTick = result;
    options.onTick(result);
  }

  function drop(tick: number, reason: string): void {
    log.warn({ run, tick: isoTime(tick), reason }, 'tick dropped');
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
      return await writer.write(tick, outcomes);
    } catch (error) {
      drop(tick, `Its rows could not be written: ${messageOf(error)}`);
      return undefined;
    }
  }

  const schedule = startSchedule({
    interval: settings.intervalSeconds,
    lead: settings.leadSeconds,
    ...(settings.forSeconds !== undefined && { duration: settings.forSeconds }),
    alarm,
    onTick,
    onMissed: (tick, late) => {
      drop(tick, `The recorder was held up and came ${Math.round(late * 1000)} ms too late for it.`);
    },
    onEnd: () => {
      void queue.then(options.onEnd);
    },
  });

  function lastManifest(): Manifest {
    return manifest(folder.files(), isoTime(stoppedAt));
  }

  async function finish(): Promise<Manifest> {
    await manifests.end();
    writer.end();
    try {
      await folder.close();
    } catch (error) {
      progress.trouble(`The last rows could not be written: ${messageOf(error)}`);
    }
    try {
      await folder.writeManifest(lastManifest());
    } catch (error) {
      noManifest(error);
    }
    return lastManifest();
  }

  return {
    path: folder.path,
    elapsed: () => clock.now() - start,
    manifest: () => manifest(folder.files()),
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
      schedule.stop();
      stoppedAt = clock.now();
      const due = [...pending].filter(([tick]) => tick <= stoppedAt).map(([, written]) => written);
      await atMostUntil(alarm, stoppedAt + patience, Promise.all(due));
      await scraper.close();
      await queue;
      return finish();
    },
  };
}
