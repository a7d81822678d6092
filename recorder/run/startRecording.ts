import { createRunFolder } from '../csv/folder.ts';
import { isoTime } from '../csv/rows.ts';
import type { Expected } from './expected.ts';
import type { Manifest, RunSettings } from './manifest.ts';
import { runFolderName } from '../shards/runFolderName.ts';
import type { Shard } from '../shards/shard.ts';
import { createManifestSource } from './manifestSource.ts';
import { createMarks } from './marks.ts';
import { createProgress } from './progress.ts';
import { record, type Recording, type RecordingOptions } from './recording.ts';
import { createRunClock } from './runClock.ts';
import { secondsOf } from './pastScrapes.ts';
import { nextTick, tickCount, tickIndex, tickTime } from './schedule.ts';
import { tellGap } from './gap.ts';
import { createTickWriter } from './tickWriter.ts';

export interface StartOptions extends RecordingOptions {
  readonly run: string;
  /** Absent: this recorder is the only one. */
  readonly shard?: Shard | undefined;
  readonly outputDir: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly settings: RunSettings;
  readonly recorder: Manifest['recorder'];
  /** The wall clock, in seconds since the epoch. */
  readonly wall: () => number;
  readonly expected: () => Expected;
}

/** Begins a new run. @throws RunExistsError, or an error of the file system when the folder cannot be made. */
export async function startRecording(options: StartOptions): Promise<Recording> {
  const { run, labels, recorder, settings, alarm } = options;
  const { intervalSeconds: interval, leadSeconds, forSeconds = Infinity } = settings;
  const clock = createRunClock(options.wall, alarm && (() => alarm.now() * 1000));
  const agreed = settings.firstTick === undefined ? undefined : secondsOf(settings.firstTick);
  const start = Math.min(clock.now(), agreed ?? Infinity);
  const progress = createProgress();
  const marks = createMarks();
  const description = { run, ...options.shard, labels, recorder, settings, start: isoTime(start) };
  const manifest = createManifestSource({ ...options, description, marks });
  const folder = await createRunFolder(options.outputDir, runFolderName(description), {
    manifest: manifest(progress, []),
    interval,
  });
  const writer = createTickWriter(folder, progress);
  const reachable = nextTick(clock.now(), interval, leadSeconds);
  const first = agreed === undefined ? reachable : tickIndex(agreed, interval);
  writer.remember({ kind: 'first', tick: tickTime(first, interval) });
  const end = first + tickCount(forSeconds, interval);
  const next = Math.min(end, Math.max(first, reachable));
  if (next > first) {
    const lost = { from: isoTime(start), to: isoTime(tickTime(next, interval)), ticks: next - first };
    tellGap(run, lost, `the recorder joined the run late.`, { progress, writer });
  }
  return record(
    { run, settings, folder, clock, start, progress, writer, marks, manifest, next, end },
    options,
  );
}
