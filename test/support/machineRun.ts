import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecorderClient } from '../../recorder/index.ts';
import { type RunningExporter, startExporter } from './exporter.ts';
import { freePort } from './freePort.ts';
import { startKubemon } from './kubemon.ts';
import { readRun, type RunTables } from './runFolder.ts';
import { scrapesOf } from './scrapes.ts';
import { answers, until } from './until.ts';

/** A run of the target `machine`, to which something happens, and of `other`, to which nothing does. */
export interface MachineRun {
  readonly recorderPid: number;
  readonly exporter: RunningExporter;
  /** Waits until so many more ticks are recorded. */
  ticks(count: number): Promise<void>;
  /** Rows so far that have this text in them. */
  has(file: string, text: string): boolean;
  /** Ends the run; what is recorded. */
  stop(): Promise<RunTables>;
  /** Ends the recorder and the other exporter, and removes the run. */
  close(): Promise<void>;
}

/**
 * Starts a run over an exporter that was started before, and over one of a machine that stands still.
 * @param other settings of its exporter
 */
export async function recordMachine(
  exporter: RunningExporter,
  other: Readonly<Record<string, string>>,
  interval: number,
): Promise<MachineRun> {
  const outputDir = mkdtempSync(join(tmpdir(), 'kubemon-machine-run-'));
  const path = join(outputDir, 'run');
  const still = await startExporter(other);
  const port = await freePort();
  const recorder = startKubemon(['recorder'], {
    RECORDER_PORT: String(port),
    OUTPUT_DIR: outputDir,
    TARGETS: `machine=http://${exporter.address}/metrics,other=http://${still.address}/metrics`,
    MIN_FREE_BYTES: '1',
  });
  const client = new RecorderClient({ host: `127.0.0.1:${port}` });
  await until('the recorder answers', () => answers(`http://127.0.0.1:${port}/healthz`));
  await client.start('run', { interval });
  const done = async () => (await client.status()).recording?.ticks.done ?? 0;
  return {
    recorderPid: recorder.pid,
    exporter,
    ticks: async (count) => {
      const first = await done();
      await until(`${count} more ticks are recorded`, async () => (await done()) >= first + count);
    },
    has: (file, text) => readFileSync(join(path, file), 'utf8').includes(text),
    stop: async () => {
      await client.stop();
      return readRun(path);
    },
    close: async () => {
      await recorder.stop();
      await still.stop();
      rmSync(outputDir, { recursive: true });
    },
  };
}

/** What the recorder could not scrape of a target, and the ticks that its node has no row for: none where all is well. */
export function holesOf(run: RunTables, target: string): readonly string[] {
  const scrapes = scrapesOf(run, target);
  const node = scrapes[0]?.['node'];
  const ticks = new Set(
    run.rows('node.csv').flatMap((row) => (row['node'] === node ? [row['timestamp']] : [])),
  );
  return scrapes
    .filter((row) => row['up'] !== '1' || !ticks.has(row['timestamp']))
    .map((row) => `${row['timestamp']} ${row['error']}`);
}

/** Resident memory in bytes, and open descriptors, of a process. */
export function sizeOf(pid: number): { readonly resident: number; readonly descriptors: number } {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { resident: Number(kilobytes) * 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}
