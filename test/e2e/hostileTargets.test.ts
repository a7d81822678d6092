import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { RecorderClient } from '../../recorder/index.ts';
import { startExporter } from '../support/exporter.ts';
import { freePort } from '../support/freePort.ts';
import { startKubemon } from '../support/kubemon.ts';
import { type CsvRow, readRun, type RunTables } from '../support/runFolder.ts';
import { median, scrapesOf } from '../support/scrapes.ts';
import { answers, until } from '../support/until.ts';
import { bodies } from './hostile/bodies.ts';
import { connections } from './hostile/connections.ts';
import { daemons } from './hostile/daemons.ts';
import { expositions } from './hostile/expositions.ts';
import type { HostileTargets } from './hostile/target.ts';

/**
 * What the recorder's pod may have (k8s/recorder-statefulset.yaml). Of it, bodies take four times
 * BODY_SIZE_LIMIT at most: 256 MiB; the rest is for series and rows, and what is not yet collected.
 */
const memoryLimit = 1 << 30;

interface Recorded extends RunTables {
  readonly interval: number;
  /** The most memory that the recorder's process ever had, in bytes. */
  readonly peakMemory: number;
}

/** A run of a real exporter, `good`, beside all these. It shows only the node: what else runs here is not its load. */
async function recordBeside(hostile: HostileTargets, ticks: number, interval: number): Promise<Recorded> {
  const exporter = await startExporter();
  const outputDir = mkdtempSync(join(tmpdir(), 'kubemon-hostile-'));
  const servers = await Promise.all(
    Object.entries(hostile).map(async ([name, { server }]) => `${word(name)}=${await listen(server())}`),
  );
  const port = await freePort();
  const recorder = startKubemon(['recorder'], {
    RECORDER_PORT: String(port),
    OUTPUT_DIR: outputDir,
    TARGETS: [`good=http://${exporter.address}/metrics?collect%5B%5D=node`, ...servers].join(','),
    MIN_FREE_BYTES: '1',
    COLLECT_INTERVAL: String(interval),
  });
  try {
    await until('the recorder answers', () => answers(`http://127.0.0.1:${port}/healthz`), 20);
    const client = new RecorderClient({ host: `127.0.0.1:${port}` });
    await client.start('hostile', { for: ticks * interval });
    const isOver = async (): Promise<boolean> => (await client.status()).message === 'Nothing is recording.';
    await until('the run has ended', isOver, 90);
    return {
      ...readRun(join(outputDir, 'hostile')),
      interval,
      peakMemory: peakMemory(recorder.pid),
    };
  } finally {
    await recorder.stop();
    await exporter.stop();
    for (const close of closing.splice(0)) close();
    rmSync(outputDir, { recursive: true, force: true });
  }
}

const closing: (() => void)[] = [];

/** Resolves with the URL of its metrics. */
async function listen(server: Server): Promise<string> {
  const connected = new Set<Socket>();
  server.on('connection', (socket: Socket) => connected.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    for (const socket of connected) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return `http://127.0.0.1:${address.port}/metrics`;
}

/** Names of targets are words. */
function word(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
}

function secondsOf(row: CsvRow): number {
  return Date.parse(row['timestamp'] ?? '') / 1000;
}

function expectUnharmed(run: Recorded, ticks: number): void {
  expect(run.manifest.ticks).toMatchObject({ planned: ticks, done: ticks, dropped: 0 });
  const good = scrapesOf(run, 'good');
  expect(good.map(({ error }) => error)).toEqual(Array.from({ length: ticks }, () => ''));
  const rows = run.rows('node.csv').filter(({ node }) => node === 'good');
  expect(new Set(rows.map(secondsOf)).size).toBe(ticks);
  const { interval } = run;
  expect(good.filter((row) => !(Number(row['answered_at']) < secondsOf(row) + 0.8 * interval))).toEqual([]);
  const late = good.map((row) => Math.abs(Number(row['skew_seconds'])));
  expect(median(late)).toBeLessThan(0.1 * interval);
  expect(run.peakMemory).toBeLessThan(memoryLimit);
}

const groups: Readonly<Record<string, HostileTargets>> = { connections, bodies, expositions, daemons };

describe.each(Object.entries(groups))('beside hostile %s', (_, hostile) => {
  const ticks = 4;
  let run: Recorded;
  beforeAll(async () => {
    run = await recordBeside(hostile, ticks, 2);
  });

  test('the healthy target is recorded on every tick, and on time, in bounded memory', () => {
    expect(run.manifest.state).toBe('stopped');
    expectUnharmed(run, ticks);
  });

  test.each(Object.entries(hostile))('%s', (name, { error, reason }) => {
    const target = word(name);
    const errors = scrapesOf(run, target).map((row) => row['error'] ?? '');
    expect(errors).toHaveLength(run.manifest.ticks.done);
    expect(errors.filter((each) => !(error ?? /^$/).test(each))).toEqual([]);
    const { reasons } = run.manifest.verdict;
    const isMissed = new RegExp(`^(Target|Daemon) ${target} was `);
    const missed = reasons.filter((sentence) => isMissed.test(sentence)).join();
    const first = errors.find((each) => each !== '');
    expect(missed === '').toBe(first === undefined);
    expect(missed).toContain(first ?? '');
    expect(reasons.filter((sentence) => reason?.test(sentence) === true)).toHaveLength(reason ? 1 : 0);
  });
});

test('all of them at once cost the healthy target nothing', async () => {
  const ticks = 3;
  const all: HostileTargets = { ...connections, ...bodies, ...expositions, ...daemons };
  const run = await recordBeside(all, ticks, 4);
  expectUnharmed(run, ticks);
  for (const [name, { error }] of Object.entries(all)) {
    const errors = scrapesOf(run, word(name)).map((row) => row['error'] ?? '');
    expect(errors).toHaveLength(ticks);
    // What takes the others' time comes last, and may then be too late.
    const told = errors.filter((each) => !/^(timeout|busy): /.test(each));
    expect(told.filter((each) => !(error ?? /^$/).test(each))).toEqual([]);
  }
});
