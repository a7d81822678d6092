import type { Log } from '../../exporter/serve/log.ts';
import type { TickResult } from '../api.ts';
import { type RunFolder, SyncError } from '../csv/folder.ts';
import type { Mark } from '../csv/records.ts';
import { isoTime } from '../csv/rows.ts';
import type { Problem } from '../discovery/discovery.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import type { TargetTrust } from '../scrape/targetTrust.ts';
import type { Connection } from './connection.ts';
import type { RunEnding } from './describeRun.ts';
import { createDropLog } from './dropLog.ts';
import type { Manifest, RunSettings } from './manifest.ts';
import type { ManifestSource } from './manifestSource.ts';
import type { Marks } from './marks.ts';
import type { Progress } from './progress.ts';
import type { Alarm, RunClock } from './runClock.ts';
import type { RunProblem } from './runProblem.ts';
import { createSavedManifest, type StopToldBy } from './savedManifest.ts';
import { syncedProgress } from './syncedProgress.ts';
import { recordTicks } from './ticks.ts';
import type { TickWriter } from './tickWriter.ts';

export interface RecordingOptions {
  /** The targets of the next tick. */
  readonly connections: () => readonly Connection[];
  /** What is wrong with discovery. */
  readonly problems: () => readonly Pick<Problem, 'message' | 'unrecorded'>[];
  readonly trust?: TargetTrust | undefined;
  readonly log: Log;
  /** What the run is woken by; default: timers. */
  readonly alarm?: Alarm;
  readonly onTick: (result: TickResult) => void;
  /** The run is over, or cannot be written any more: it is to be stopped. */
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
  readonly marks: Marks;
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
  /** What keeps it from being written now. */
  problems(): readonly RunProblem[];
  /** @throws TooManyMarksError */
  mark(label: string): Mark;
  /** Writes run.json soon: something in it has changed. */
  changed(): void;
  /** Lets the run end by itself behind that tick, in seconds since the epoch; at once where it has passed. */
  endAfter(tick: number): void;
  /** Ends the run within `patience` seconds: answers that have not come by then are missed. */
  stop(patience: number): Promise<StoppedRun>;
  /**
   * As `stop`, but the run is to go on when the recorder is started again. One that nobody may go on with is
   * stopped, and told.
   */
  suspend(patience: number): Promise<StoppedRun | undefined>;
}

/** A run that is over. */
export interface StoppedRun {
  readonly manifest: Manifest;
  readonly toldBy: StopToldBy;
  /** A sentence: why it could not go on. */
  readonly failure?: string;
  /** Cuts off what could not be cut off the files. @throws what the file system says. */
  cut(): Promise<void>;
}

/** Records a run until it is stopped or suspended. */
export function record(beginning: Beginning, options: RecordingOptions): Recording {
  const { run, folder, clock, writer, marks } = beginning;
  const { log } = options;
  let { progress } = beginning;
  /** Absent while the run is on. */
  let ending: RunEnding | undefined;
  let failure: string | undefined;
  const drops = createDropLog(run, log);
  const manifests = createSavedManifest({
    name: run,
    folder,
    describe,
    now: clock.now,
    onTrouble: (sentence) => {
      progress.trouble(sentence);
    },
    log,
  });
  let isEnding = false;
  const ticks = recordTicks(beginning, {
    ...options,
    drops,
    onWritten: manifests.saveIfOld,
    onSyncError: (error) => {
      fail(error);
      end();
    },
    onEnd: end,
  });

  function describe(): Manifest {
    return beginning.manifest(progress, folder.files(), ending);
  }

  /** It may be stopped or suspended already. */
  function end(): void {
    if (!isEnding) options.onEnd();
  }

  function fail(error: SyncError): void {
    if (failure !== undefined) return;
    failure = `${error.message}: nothing more was written, and the run ended with what was synced before.`;
    log.error({ run, reason: error.message }, 'the run cannot go on: its files cannot be made durable');
  }

  /** @returns when that was. */
  function stopTicks(): string {
    isEnding = true;
    const moment = beginning.stoppedAt ?? clock.now();
    ticks.stop(moment);
    return isoTime(moment);
  }

  /** @param close writes the last rows, see TickWriter. */
  async function closeFiles(close: () => Promise<void>): Promise<void> {
    try {
      await close();
    } catch (error) {
      if (error instanceof SyncError) fail(error);
      else progress.trouble(`The last rows could not be written: ${messageOf(error)}`);
    }
    drops.ended();
    if (failure !== undefined) progress = await syncedProgress(folder.path, describe(), progress, failure);
  }

  function saveStop(next: RunEnding): Promise<StopToldBy> {
    ending = next;
    return manifests.saveStop({ stop: next.stop, kind: failure === undefined ? 'stopped' : 'failed' });
  }

  async function finish(stop: string): Promise<StoppedRun> {
    const toldBy = await saveStop({ stop, isComplete: true });
    return { manifest: describe(), toldBy, ...(failure !== undefined && { failure }), cut: folder.cut };
  }

  return {
    path: folder.path,
    elapsed: () => clock.now() - beginning.start,
    manifest: describe,
    lastTick: ticks.last,
    problems: () => [drops.problem(), manifests.problem()].filter((problem) => problem !== undefined),
    mark: (label) => {
      const mark = { timestamp: clock.now(), label };
      const isListed = marks.add(mark);
      writer.mark(mark);
      if (isListed) manifests.save();
      return mark;
    },
    changed: manifests.save,
    endAfter: (tick) => {
      if (tick <= clock.now()) end();
      else ticks.endAfter(tick);
    },
    stop: async (patience) => {
      const stop = stopTicks();
      // Should the recorder end meanwhile, the next start finds that the run is not to go on.
      await saveStop({ stop, isComplete: false });
      await ticks.ended(patience);
      await closeFiles(writer.end);
      return finish(stop);
    },
    suspend: async (patience) => {
      const stop = stopTicks();
      await ticks.ended(patience);
      writer.remember({ kind: 'suspended' });
      await closeFiles(writer.suspend);
      if (failure !== undefined) return finish(stop);
      await manifests.saveNow();
      return undefined;
    },
  };
}
