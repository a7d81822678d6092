import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest } from '../../../recorder/index.ts';
import { freePort } from '../../support/freePort.ts';
import type { Kubemon } from '../../support/kubemon.ts';
import { until } from '../../support/until.ts';
import { fixtureMachine } from './fixtureMachine.ts';
import { runKubemon } from './runKubemon.ts';
import { runningKubemon } from './runningKubemon.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const outputDir = temporaryFolder();
const files = [
  'node.csv',
  'node_disk.csv',
  'node_network.csv',
  'container.csv',
  'container_disk.csv',
  'container_network.csv',
  'process.csv',
  'containers.csv',
  'scrapes.csv',
  'events.csv',
  'marks.csv',
  'samples.csv',
];

async function settings(): Promise<Readonly<Record<string, string>>> {
  const [exporter, recorder] = await Promise.all([freePort(), freePort()]);
  return {
    ...fixtureMachine,
    OUTPUT_DIR: outputDir,
    MONITOR_PORT: String(exporter),
    RECORDER_PORT: String(recorder),
  };
}

function manifestOf(run: string): Manifest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- run.json is one
  return JSON.parse(readFileSync(join(outputDir, run, 'run.json'), 'utf8')) as Manifest;
}

/** The process ids of its children. */
function children({ pid }: Kubemon): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

function alive(pid: number): boolean {
  try {
    // A zombie has ended; only its parent has not asked yet.
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('local --once records a run, shows it at a glance, and ends', { timeout: 30_000 }, async () => {
  const args = ['local', '--once', '--for', '2', '--interval', '0.5', '--run', 'first'];
  const { code, stdout, stderr } = await runKubemon(args, await settings());
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const path = join(outputDir, 'first');
  expect(readdirSync(path)).toEqual(expect.arrayContaining(['run.json', ...files]));
  expect(manifestOf('first')).toMatchObject({
    state: 'stopped',
    settings: { intervalSeconds: 0.5, forSeconds: 2 },
    ticks: { planned: 4, done: 4, dropped: 0 },
  });
  expect(stdout).toMatch(/^Recording first for 2 s, a tick every 0\.5 s\.\n1 of 4 ticks, [\d,]+ rows\n/);
  expect(stdout).toMatch(/^4 of 4 ticks, [\d,]+ rows$/m);
  for (const file of files)
    expect(stdout).toMatch(new RegExp(`^${file.replace('.', '\\.')} +[\\d,]+ +[\\d.]+ k?B$`, 'm'));
  expect(stdout).toMatch(/^Daemons +1 recorded, 1 expected$/m);
  expect(stdout).toMatch(/^Alignment +p99 /m);
  expect(stdout).toMatch(/^Verdict +(valid|degraded|inconclusive)$/m);
  expect(stdout).toContain(`Folder     ${path}\n`);
  expect(stdout).toContain(`Next\n  head -n 3 ${path}/node.csv\n`);
});

test('a run of that name is not written into', { timeout: 30_000 }, async () => {
  const { code, stderr } = await runKubemon(['local', '--once', '--run', 'first'], await settings());
  expect(code).toBe(1);
  expect(stderr).toMatch(/^[^\n]*first[^\n]*\n$/);
});

test('local goes on serving after the run, and its commands work as typed', { timeout: 60_000 }, async () => {
  const own = await settings();
  const kubemon = runningKubemon(['local', '--for', '1', '--interval', '0.5'], own);
  await until('it serves', () => kubemon.output().includes('Serving the recorder on'), 30);
  const next = /\nNext\n((?: {2}.+\n){3})/.exec(kubemon.output())?.[1] ?? '';
  const commands = next
    .trim()
    .split(/\n */)
    .map((line) => line.replace(/^(npx kubemon|node \S+main\.js) /, ''));
  expect(commands).toEqual([
    `start test000 --for 1m --host localhost:${own['RECORDER_PORT']}`,
    `status --host localhost:${own['RECORDER_PORT']}`,
    `instances --host localhost:${own['RECORDER_PORT']}`,
  ]);
  for (const line of commands) {
    const { code, stderr } = await runKubemon(line.split(' '));
    expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
  }
  expect(await kubemon.stop()).toBe(0);
  expect(manifestOf('test000').state).toBe('stopped');
  expect(kubemon.output()).toMatch(/Recording local-\d{8}T\d{6}Z for 1 s/);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s to the whole process group, as a terminal sends it, stops the run with a whole folder',
  { timeout: 60_000 },
  async (signal) => {
    const kubemon = runningKubemon(
      ['local', '--for', '8', '--interval', '0.2', '--run', signal],
      await settings(),
    );
    await until('a quarter of the run is done', () => /of 40 ticks/.test(kubemon.output()), 30);
    const [exporter = 0] = children(kubemon);
    const asked = Date.now();
    for (const pid of [exporter, kubemon.pid]) process.kill(pid, signal);
    expect(await kubemon.ended).toBe(0);
    expect(Date.now() - asked).toBeLessThan(5000);
    expect(alive(exporter)).toBe(false);
    expect(readdirSync(join(outputDir, signal))).toEqual(expect.arrayContaining(['run.json', ...files]));
    const { state, coverage } = manifestOf(signal);
    expect(state).toBe('stopped');
    expect(coverage[0]).toMatchObject({ missed: 0, late: 0 });
    expect(kubemon.output()).toMatch(new RegExp(`^Run +${signal} \\(stopped\\)$`, 'm'));
  },
);

test('the exporter is not left behind, whatever ends local', { timeout: 30_000 }, async () => {
  const kubemon = runningKubemon(['local', '--interval', '0.2'], await settings());
  await until('it records', () => kubemon.output().includes('Recording'), 20);
  const [exporter = 0] = children(kubemon);
  expect(alive(exporter)).toBe(true);
  process.kill(kubemon.pid, 'SIGKILL');
  await expect(kubemon.ended).rejects.toThrow('SIGKILL');
  await until('the exporter has ended', () => !alive(exporter), 10);
});

test(
  'an exporter that is lost ends local with a sentence and a whole folder',
  { timeout: 30_000 },
  async () => {
    const kubemon = runningKubemon(['local', '--interval', '0.2', '--run', 'lost'], await settings());
    await until('it records', () => kubemon.output().includes('Recording'), 20);
    for (const pid of children(kubemon)) process.kill(pid, 'SIGKILL');
    expect(await kubemon.ended).toBe(1);
    expect(kubemon.output()).toContain("The exporter's process ended by itself (SIGKILL).\n");
    expect(kubemon.output()).toMatch(/^Run +lost \(stopped\)$/m);
    expect(manifestOf('lost').state).toBe('stopped');
  },
);

test('a port in use: the next free one, and it says so', { timeout: 30_000 }, async () => {
  const own = await settings();
  const taken = ['MONITOR_PORT', 'RECORDER_PORT'].map((name) =>
    createServer().listen(Number(own[name]), '127.0.0.1'),
  );
  await Promise.all(taken.map((server) => once(server, 'listening')));
  try {
    const args = ['local', '--once', '--for', '0.5', '--interval', '0.5'];
    const { code, stdout } = await runKubemon(args, own);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^Port ${own['MONITOR_PORT']} is in use: the exporter listens on \\d+\\.$`, 'm'),
    );
    expect(stdout).toMatch(
      new RegExp(`^Port ${own['RECORDER_PORT']} is in use: the recorder listens on \\d+\\.$`, 'm'),
    );
  } finally {
    for (const server of taken) server.close();
  }
});

test('other TARGETS are recorded, too', { timeout: 30_000 }, async () => {
  const own = { ...(await settings()), TARGETS: 'gone=http://127.0.0.1:1/metrics' };
  const args = ['local', '--once', '--for', '1', '--interval', '0.5', '--run', 'two'];
  const { code, stdout } = await runKubemon(args, own);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^2 of 2 ticks, [\d,]+ rows, 1 target not scraped$/m);
  expect(manifestOf('two').coverage.map(({ target, covered }) => [target, covered])).toEqual([
    ['fixture', 2],
    ['gone', 0],
  ]);
});

test('a part of an interval is a tick, too', { timeout: 30_000 }, async () => {
  const args = ['local', '--once', '--for', '0.6', '--interval', '0.5', '--run', 'part'];
  const { code, stdout } = await runKubemon(args, await settings());
  expect(code).toBe(0);
  expect(stdout).toMatch(/^1 of 2 ticks, /m);
  expect(stdout).toMatch(/^2 of 2 ticks, /m);
});
