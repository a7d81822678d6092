import { join } from 'node:path';
import { reopenRunFolder } from '../csv/folder.ts';
import type { Mark } from '../csv/records.ts';
import { isoTime } from '../csv/rows.ts';
import { readStopTrace, removeStopTrace } from '../csv/stopTrace.ts';
import { runFolderName } from '../shards/runFolderName.ts';
import { smallestStep } from './clockSteps.ts';
import type { Expected } from './expected.ts';
import type { Interruption, Manifest } from './manifest.ts';
import { createManifestSource } from './manifestSource.ts';
import type { Marks } from './marks.ts';
import { type Past, readPast } from './past.ts';
import { secondsOf } from './pastScrapes.ts';
import { tellGap } from './gap.ts';
import { type Beginning, record, type Recording, type RecordingOptions } from './recording.ts';
import { createRunClock, type RunClock } from './runClock.ts';
import { nextTick, tickCount, tickIndex, tickTime } from './schedule.ts';
import { createTickWriter, type TickWriter } from './tickWriter.ts';

export interface ResumeOptions extends RecordingOptions {
  /** run.json as the last recorder left it. */
  readonly manifest: Manifest;
  readonly outputDir: string;
  /** The wall clock, in seconds since the epoch. */
  readonly wall: () => number;
  readonly expected: () => Expected;
}

/**
 * Goes on with a run whose recorder ended, in its folder and on its ticks; one that is over is only to be
 * stopped. What it had come to is read from its files.
 * @throws DamagedRunError, or an error of the file system; the folder is then as it was, or cut to what is
 * committed.
 */
export async function resumeRecording(options: ResumeOptions): Promise<Recording> {
  const { run, settings, start } = options.manifest;
  const path = join(options.outputDir, runFolderName(options.manifest));
  // run.json tells the stop by now, but not why it did not before.
  const isStopUntold = (await readStopTrace(path)) !== undefined;
  await removeStopTrace(path);
  const folder = await reopenRunFolder(
    options.outputDir,
    runFolderName(options.manifest),
    settings.intervalSeconds,
  );
  try {
    const past = await readPast(folder.path, options.manifest);
    const told = toldTicks(options.manifest, past);
    const { progress, marks } = past;
    const unwritten = unwrittenMarks(options.manifest, past);
    for (const mark of unwritten) marks.add(mark);
    const clock = createRunClock(options.wall, undefined, latestMoment(options.manifest, marks, told));
    const course = courseOf(options.manifest, past, told, clock, isStopUntold);
    if (isStopUntold) progress.trouble(stopUntold);
    const writer = createTickWriter(folder, progress, past);
    for (const mark of unwritten) writer.mark(mark);
    tell(options.manifest, { past, course, clock, writer });
    const manifest = createManifestSource({
      ...options,
      description: options.manifest,
      marks,
      past: options.manifest,
    });
    const recording = record(
      { run, settings, folder, clock, start: secondsOf(start), progress, writer, marks, manifest, ...course },
      options,
    );
    recording.changed();
    return recording;
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** Indices of the run's first tick, and of the last of which is told what became of it: done, dropped or lost. */
interface ToldTicks {
  readonly first: number;
  readonly last: number;
}

function toldTicks({ start, settings }: Manifest, past: Past): ToldTicks {
  const { intervalSeconds: interval, leadSeconds, firstTick } = settings;
  const known = past.first ?? (firstTick === undefined ? undefined : secondsOf(firstTick));
  const first =
    known === undefined ? nextTick(secondsOf(start), interval, leadSeconds) : tickIndex(known, interval);
  const done = past.last === undefined ? first - 1 : tickIndex(past.last, interval);
  return { first, last: done + past.droppedAfterLast };
}

/** Marks that run.json tells of, and for which no tick came any more to be written with. */
function unwrittenMarks({ marks }: Manifest, past: Past): readonly Mark[] {
  return marks
    .slice(past.marks.listed().length)
    .map(({ timestamp, label }) => ({ timestamp: secondsOf(timestamp), label }));
}

/** The run's clock never goes back. A tick may be told of as long before its moment as its requests are sent. */
function latestMoment({ start, settings }: Manifest, marks: Marks, told: ToldTicks): number {
  const { intervalSeconds, leadSeconds } = settings;
  return Math.max(
    secondsOf(start),
    marks.lastTime() ?? -Infinity,
    tickTime(told.last, intervalSeconds) - leadSeconds,
  );
}

interface Course extends Pick<Beginning, 'next' | 'end' | 'stoppedAt'> {
  readonly first: number;
  /** Absent: nothing was lost of a run that is over. */
  readonly interruption?: Interruption;
}

/** Where the run goes on, by indices of ticks. What was asked for at its start stands. */
function courseOf(
  { start, stop, settings }: Manifest,
  past: Past,
  { first, last }: ToldTicks,
  clock: RunClock,
  isStopUntold: boolean,
): Course {
  const { intervalSeconds: interval, leadSeconds, forSeconds = Infinity } = settings;
  const end = first + tickCount(forSeconds, interval);
  const margin = stop === undefined ? Math.min(leadSeconds, startMargin) : stopMargin;
  const until = stop === undefined ? clock.now() : secondsOf(stop);
  const next = Math.max(last + 1, Math.min(end, nextTick(until, interval, margin)));
  const stoppedAt =
    stop !== undefined ? secondsOf(stop) : next >= end ? tickTime(end - 1, interval) : undefined;
  const ticks = next - last - 1;
  // Until it was stopped the recorder was there: what is not told of was dropped.
  if (stoppedAt !== undefined && (ticks === 0 || isStopUntold)) return { first, next, end, stoppedAt };
  const from = past.last === undefined ? start : isoTime(past.last);
  const to = isoTime(stoppedAt ?? tickTime(next, interval));
  return {
    first,
    next,
    end,
    ...(stoppedAt !== undefined && { stoppedAt }),
    interruption: { from, to, ticks },
  };
}

/** A tick at the moment of the stop, which is told in milliseconds, is the run's. */
const stopMargin = 0.0005;
/** A tick that is nearer than this, in seconds, cannot be reached in time. */
const startMargin = 0.05;

/** A reason of the verdict. */
const stopUntold =
  'run.json could not be written when the run was stopped: the run was finished when the recorder was started again.';

/** What happened meanwhile goes into the files with the next tick, and counts from now on. */
function tell(
  { run, settings }: Manifest,
  { past, course, clock, writer }: { past: Past; course: Course; clock: RunClock; writer: TickWriter },
): void {
  const { progress } = past;
  const { first, next, interruption } = course;
  const timestamp = course.stoppedAt ?? tickTime(next, settings.intervalSeconds);
  const event = { timestamp, node: '', target: 'recorder', subject: run } as const;
  if (past.first === undefined) {
    writer.remember({ kind: 'first', tick: tickTime(first, settings.intervalSeconds) });
  }
  const { done, dropped: lostBefore } = progress.ticks();
  const dropped = next - first - done - lostBefore - (interruption?.ticks ?? 0);
  if (dropped > 0) progress.dropped('Its event is not written.', dropped);
  if (interruption !== undefined) {
    const how = past.isSuspended ? 'was told to end and to go on later' : 'ended without being told to';
    tellGap(run, interruption, `the recorder ${how}, and was started again.`, { progress, writer });
  }
  const behind = -clock.drift();
  if (behind > smallestStep) {
    const detail =
      `The recorder's wall clock reads ${behind.toFixed(3)} s less than what was recorded last; ` +
      'timestamps go on from there.';
    writer.note({ ...event, kind: 'clock_step', detail });
  }
}
