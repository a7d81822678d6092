import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFleet, docker, type Fleet, type Started } from './fleet.ts';
import { freePort } from './freePort.ts';
import { readKernel } from './kernel/index.ts';
import { startKubemon } from './kubemon.ts';
import type { Readings } from './series.ts';
import { until } from './until.ts';

/** A run that `kubemon local` has recorded of real containers. */
export interface RecordedRun {
  /** The run's folder, until remove(). */
  readonly path: string;
  /** Two that were there all the time. */
  readonly steady: readonly Started[];
  /** Killed during the run, born during the run, both. */
  readonly early: Started;
  readonly late: Started;
  readonly brief: Started;
  /** Readings in the order of time: before the run, after its first ticks, before its last, after it. */
  readonly kernel: readonly [
    outerStart: Readings,
    innerStart: Readings,
    innerEnd: Readings,
    outerEnd: Readings,
  ];
  /** What Docker says happened to these containers since before the run. */
  readonly dockerEvents: readonly DockerEvent[];
  remove(): void;
}

export interface DockerEvent {
  readonly action: string;
  /** 64 hex digits. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly time: number;
}

export const interval = 1;

export async function recordRun(): Promise<RecordedRun> {
  const fleet = createFleet('recording');
  const outputDir = mkdtempSync(join(tmpdir(), 'kubemon-recording-'));
  try {
    return { ...(await record(fleet, outputDir)), remove: () => rmSync(outputDir, { recursive: true }) };
  } finally {
    await fleet.remove();
  }
}

async function record(fleet: Fleet, outputDir: string): Promise<Omit<RecordedRun, 'remove'>> {
  const forever = 'sleep 1000000';
  const spinning = await fleet.start('spinning', 'while :; do :; done', '--cpus', '0.1');
  const nested = await fleet.start('nested', `sh -c '${forever} & wait' & wait`);
  const early = await fleet.start('early', forever);
  const steady = [spinning, nested];
  const ids = steady.map(({ id }) => id);
  const path = join(outputDir, 'recorded');

  /** Rows of scrapes.csv of a tick: the exporter's and the recorder's own. */
  const ticks = () => (lineCount(join(path, 'scrapes.csv')) - 1) / 2;
  const seen = (started: Started) => contains(join(path, 'container.csv'), started.name);

  const outerStart = readKernel(ids);
  const since = await dockerTime();
  const kubemon = startKubemon(
    ['local', '--run', 'recorded', '--interval', String(interval), '--for', '1h'],
    {
      OUTPUT_DIR: outputDir,
      MONITOR_PORT: String(await freePort()),
      RECORDER_PORT: String(await freePort()),
    },
  );
  const running = () => {
    if (kubemon.exitCode() !== undefined) throw new Error(`kubemon has ended: ${kubemon.output()}`);
    return true;
  };
  try {
    await until('the run has its first ticks', () => running() && ticks() >= 2 && seen(early));
    const innerStart = readKernel(ids);
    await fleet.kill(early);
    const late = await fleet.start('late', forever);
    const brief = await fleet.start('brief', forever);
    await until('those born during the run are recorded', () => running() && seen(late) && seen(brief));
    await fleet.kill(brief);
    const innerEnd = readKernel(ids);
    const before = ticks();
    await until('the run goes on for some ticks', () => running() && ticks() >= before + 4);
    const exitCode = await kubemon.stop();
    if (exitCode !== 0) throw new Error(`kubemon ended with ${exitCode}: ${kubemon.output()}`);
    const outerEnd = readKernel(ids);
    const all = [...steady, early, late, brief];
    return {
      path,
      steady,
      early,
      late,
      brief,
      kernel: [outerStart, innerStart, innerEnd, outerEnd],
      dockerEvents: await eventsOf(all, since),
    };
  } finally {
    if (kubemon.exitCode() === undefined) await kubemon.stop();
  }
}

function lineCount(path: string): number {
  return textOf(path).split('\n').length - 1;
}

function contains(path: string, text: string): boolean {
  return textOf(path).includes(text);
}

/** Of a file that may not be there yet. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function dockerTime(): Promise<string> {
  return docker('info', '--format', '{{.SystemTime}}');
}

async function eventsOf(containers: readonly Started[], since: string): Promise<readonly DockerEvent[]> {
  const filters = ['event=start', 'event=die', ...containers.map(({ id }) => `container=${id}`)];
  const options = [
    '--since',
    since,
    '--until',
    await dockerTime(),
    '--format',
    '{{.Action}} {{.ID}} {{.Time}}',
  ];
  const text = await docker('events', ...filters.flatMap((filter) => ['--filter', filter]), ...options);
  return text.split('\n').map((line) => {
    const [action = '', id = '', time] = line.split(' ');
    return { action, id, time: Number(time) };
  });
}
