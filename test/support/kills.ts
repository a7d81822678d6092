import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect } from 'vitest';
import { RecorderError } from '../../recorder/index.ts';
import { committedFiles, journalRecords } from './journal.ts';
import { type RecorderProcess, startRecorder } from './recorderProcess.ts';
import { until } from './until.ts';
import { expectWhole } from './wholeRun.ts';

/** Seconds. An answer is waited for until 0.4 s after its tick: one tick is in flight at most. */
const interval = 0.5;

/** What a recorder does when it is killed (`committing`: a tick's moment is there), and so many milliseconds after. */
interface Kill {
  readonly during: keyof typeof reach;
  readonly after: number;
}

/** The milliseconds within which it is killed. */
const reach = { recording: 1000, committing: 60, starting: 80, resuming: 80, stopping: 500 };

function seededKills(count: number, seed: number): readonly Kill[] {
  const phases = ['recording', 'resuming', 'starting', 'committing', 'stopping'] as const;
  const shares = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { seed, numRuns: count });
  return shares.map((share, index) => {
    const during = phases[index % phases.length] ?? 'recording';
    return { during, after: Math.round(share * reach[during]) };
  });
}

/** What was killed, for whoever wants to know how much the test has seen. */
export interface KillReport {
  readonly kills: number;
  readonly runs: number;
  /** Interruptions that run.json tells of, over all runs. */
  readonly interruptions: number;
  /** Ticks whose moment had come when the recorder was killed and that were not committed, a kill each. */
  readonly lost: readonly number[];
  readonly ticksDone: number;
}

/**
 * Kills recorders at seeded moments, and starts each time another on the same folder. Whatever was committed
 * stays, byte for byte; at most the tick in flight is lost; no half folder stays; every run is whole at last.
 */
export async function surviveKills(
  count: number,
  seed: number,
  outputDir: string,
  targets: Readonly<Record<string, string>>,
): Promise<KillReport> {
  const kept: { readonly run: string; readonly files: ReadonlyMap<string, Buffer> }[] = [];
  const lost: number[] = [];
  let recorder = await startRecorder(outputDir, targets);
  let runs = 0;

  const nextRun = () => `run${runs++}`;

  /** With one more tick than it had; its name. */
  async function recording(): Promise<string> {
    const on = (await recorder.client.status()).recording;
    const run = on?.run ?? nextRun();
    if (on === undefined) await recorder.client.start(run, { interval });
    await recorder.ticks((on?.ticks.done ?? 0) + 1);
    return run;
  }

  async function kill(): Promise<number> {
    const moment = Date.now();
    await recorder.kill();
    for (const run of runsOf(outputDir)) kept.push({ run, files: committed(join(outputDir, run)) });
    return moment;
  }

  async function killRecording(pause: () => Promise<unknown>): Promise<void> {
    const run = await recording();
    const told = (await recorder.client.status()).recording?.ticks;
    await pause();
    const moment = await kill();
    const last = lastTick(join(outputDir, run));
    // What the API has told to be done is.
    expect(last).toBeGreaterThanOrEqual(Date.parse(told?.last ?? ''));
    lost.push(Math.max(0, Math.floor((moment - last) / (interval * 1000))));
  }

  const acts: Record<Kill['during'], (after: number) => Promise<void>> = {
    recording: (after) => killRecording(() => sleep(after)),
    committing: (after) =>
      killRecording(() => sleep(interval * 1000 - (Date.now() % (interval * 1000)) + after)),
    async starting(after) {
      if ((await recorder.client.status()).recording !== undefined) await recorder.client.stop();
      const run = nextRun();
      const started = answered(recorder.client.start(run, { interval }));
      await sleep(after);
      await kill();
      if (await started) expect(runsOf(outputDir)).toContain(run);
    },
    async resuming(after) {
      await recording();
      await kill();
      recorder = await startRecorder(outputDir, targets);
      await sleep(after);
      await kill();
    },
    async stopping(after) {
      const run = await recording();
      const stopped = answered(recorder.client.stop());
      await sleep(after);
      await kill();
      if (await stopped) await expectWhole(join(outputDir, run));
    },
  };

  try {
    for (const { during, after } of seededKills(count, seed)) {
      await acts[during](after);
      recorder = await startRecorder(outputDir, targets);
      expect(readdirSync(outputDir).filter((name) => !runsOf(outputDir).includes(name))).toEqual([]);
      await settled(recorder);
    }
    await recording();
    await recorder.client.stop();
  } finally {
    await recorder.kill();
  }
  const tables = await Promise.all(runsOf(outputDir).map((run) => expectWhole(join(outputDir, run))));
  for (const { run, files } of kept) {
    for (const [file, bytes] of files) {
      const now = readFileSync(join(outputDir, run, file)).subarray(0, bytes.length);
      expect([run, file, now.equals(bytes)]).toEqual([run, file, true]);
    }
  }
  return {
    kills: count,
    runs: tables.length,
    interruptions: tables.reduce((sum, { manifest }) => sum + manifest.interruptions.length, 0),
    lost,
    ticksDone: tables.reduce((sum, { manifest }) => sum + manifest.ticks.done, 0),
  };
}

/** It goes on with the run that is not finished, if there is one, or finishes it. */
async function settled({ client }: RecorderProcess): Promise<void> {
  await until('the recorder has gone on with the run or finished it', async () => {
    const { message, recording } = await client.status();
    return recording !== undefined || message === 'Nothing is recording.';
  });
}

/** Names of the folders that are runs. */
function runsOf(outputDir: string): readonly string[] {
  return readdirSync(outputDir).filter(
    (name) => !name.startsWith('.') && existsSync(join(outputDir, name, 'run.json')),
  );
}

/** The bytes that are committed, by file. */
function committed(folder: string): ReadonlyMap<string, Buffer> {
  const files = committedFiles(journalRecords(readFileSync(join(folder, 'journal.jsonl'), 'utf8')));
  return new Map(
    Array.from(files, ([file, { bytes }]) => [file, readFileSync(join(folder, file)).subarray(0, bytes)]),
  );
}

/** Milliseconds since the epoch. */
function lastTick(folder: string): number {
  const records = journalRecords(readFileSync(join(folder, 'journal.jsonl'), 'utf8'));
  return Math.round((records.at(-1)?.tick ?? 0) * 1000);
}

/** Whether the recorder lived to answer. */
async function answered(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof RecorderError) return false;
    throw error;
  }
}
