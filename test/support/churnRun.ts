import { expect, onTestFinished } from 'vitest';
import { fixtureMachine, settingsOf } from '../exporter/machine.ts';
import { type Churn, churn, type ChurnRate } from './churn.ts';
import { startExporter } from './exporter.ts';
import { holesOf, recordMachine, sizeOf } from './machineRun.ts';
import { median, scrapesOf } from './scrapes.ts';
import type { RunTables } from './runFolder.ts';

/** How long a container waits for its name. */
const patience = 2;

/**
 * 20 a second: some of Docker, which cannot start more beside what is measured, and stand-ins. A container
 * that lives only between two ticks is seen by neither, and one without a name is held back for 2 s: so each
 * lives for longer than that and three intervals, as a busy machine may miss a scrape.
 */
export function rateFor(interval: number): ChurnRate {
  return { ofDocker: 3, standIns: 17, secondsAlive: patience + 3 * interval + 1 };
}

/** Of one process, a second apart. */
export type Sizes = readonly { readonly resident: number; readonly descriptors: number }[];

export interface ChurnRun {
  readonly interval: number;
  readonly tables: RunTables;
  readonly churn: Churn;
  readonly exporter: Sizes;
  readonly recorder: Sizes;
}

export async function recordChurn(seconds: number, interval: number): Promise<ChurnRun> {
  const exporter = await startExporter();
  const run = await recordMachine(exporter, settingsOf(fixtureMachine('v1')), interval);
  onTestFinished(async () => {
    await run.close();
    await exporter.stop();
  });
  await run.ticks(2);
  const sizes = { exporter: [sizeOf(exporter.pid)], recorder: [sizeOf(run.recorderPid)] };
  const timer = setInterval(() => {
    sizes.exporter.push(sizeOf(exporter.pid));
    sizes.recorder.push(sizeOf(run.recorderPid));
  }, 1000);
  const done = await churn(seconds, rateFor(interval)).finally(() => clearInterval(timer));
  await run.ticks(3);
  return { interval, tables: await run.stop(), churn: done, ...sizes };
}

/** Births, deaths and containers.csv are those that really were, each once and in time. */
export function expectEveryLife({ interval, tables, churn: { lives } }: ChurnRun): void {
  const ids = new Map([...lives.keys()].map((id) => [id.slice(0, 12), id]));
  const events = tables
    .rows('events.csv')
    .filter(({ target, subject = '' }) => target === 'machine' && ids.has(subject));
  for (const [kind, moment] of [
    ['container_born', 'born'],
    ['container_died', 'died'],
  ] as const) {
    const seen = events.filter((row) => row['kind'] === kind);
    const told = [...lives].flatMap(([id, life]) => life[moment].map(() => id)).toSorted();
    expect(seen.map((row) => ids.get(row['subject'] ?? '') ?? '').toSorted()).toEqual(told);
    const delays = seen.map((row) => {
      const [time = Number.NaN] = lives.get(ids.get(row['subject'] ?? '') ?? '')?.[moment] ?? [];
      return Date.parse(row['timestamp'] ?? '') / 1000 - time;
    });
    expect(median(delays)).toBeLessThan(moment === 'born' ? patience + 2 * interval : 2 * interval);
  }
  expect(events.filter(({ kind }) => kind === 'reset')).toEqual([]);
  const recorded = tables.rows('containers.csv').filter((row) => lives.has(row['id'] ?? ''));
  expect(recorded.map(({ id = '' }) => id).toSorted()).toEqual([...lives.keys()].toSorted());
  expect(recorded.filter((row) => row['born'] === '' || row['died'] === '')).toEqual([]);
}

/** No row is missing of either target, but of scrapes that a machine was too slow for: at most such a share. */
export function expectAnswers({ tables }: ChurnRun, mostHoles: number): void {
  for (const target of ['machine', 'other']) {
    const holes = holesOf(tables, target);
    // Machines that are too slow for it may miss one; but nothing else fails.
    expect(holes.filter((hole) => !/ (timeout|busy|late)/.test(hole))).toEqual([]);
    expect(holes.length).toBeLessThanOrEqual(mostHoles * scrapesOf(tables, target).length);
  }
}
