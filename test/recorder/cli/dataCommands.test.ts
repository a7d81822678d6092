import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { handmadeRun, tick } from '../read/handmadeRun.ts';
import { type RunningRecorder, startRecorder } from './runningRecorder.ts';
import { command, runKubemon } from './runKubemon.ts';
import { temporaryFolder } from './temporaryFolder.ts';

let recorder: RunningRecorder;
const outputDir = temporaryFolder();
const here = temporaryFolder();

beforeAll(async () => {
  recorder = await startRecorder({ OUTPUT_DIR: outputDir });
  const { client } = recorder;
  await until('the exporter is connected', async () => (await client.daemons()).connected === 1);
  const ticks = async () => (await client.status()).recording?.ticks.done ?? 0;
  await client.start('done', { interval: 0.25 });
  await until('ticks are done', async () => (await ticks()) >= 3);
  await client.mark('warm');
  await until('more ticks are done', async () => (await ticks()) >= 6);
  await client.stop();
  await client.start('on', { interval: 0.25 });
  await until('ticks are done', async () => (await ticks()) >= 3);
}, 60_000);

afterAll(async () => {
  await recorder.stop();
});

function kubemon(...args: readonly string[]) {
  return runKubemon(args, { KUBEMON_HOST: recorder.address, TMPDIR: here }, here);
}

test.each([['deltas'], ['rates'], ['original']])(
  'a run that the recorder holds is exported as %s as its folder is',
  async (format) => {
    const far = await kubemon('export', 'done', '--format', format);
    expect({ code: far.code, stderr: far.stderr }).toEqual({ code: 0, stderr: '' });
    expect(far.stdout).toMatch(new RegExp(`^${here}/done-${format}: \\d+ files, [\\d.]+ kB\n$`));
    const near = await kubemon(
      'export',
      join(outputDir, 'done'),
      '--format',
      format,
      '--output',
      `near-${format}`,
    );
    expect(near.code).toBe(0);
    const names = readdirSync(join(here, `near-${format}`), { recursive: true, withFileTypes: true });
    for (const { name, parentPath } of names.filter((entry) => entry.isFile())) {
      const path = join(parentPath, name);
      const other = path.replace(`near-${format}`, `done-${format}`);
      expect(contentOf(other), name).toEqual(contentOf(path));
    }
    expect(readdirSync(here).filter((name) => name.startsWith('kubemon-run-'))).toEqual([]);
  },
);

test('so is it summed up, the run that is on too', async () => {
  const far = await recorder.client.summary('done');
  expect(far).toMatchObject({ path: 'done', run: 'done', state: 'stopped', isExact: true });
  const near = await kubemon('summary', join(outputDir, 'done'), '--json');
  expect(JSON.parse(near.stdout)).toEqual({ ...far, path: join(outputDir, 'done') });
  const on = await recorder.client.summary('on', { by: 'node' });
  expect(on.state).toBe('recording');
  expect(on.ticks).toBeGreaterThanOrEqual(3);
  expect(on.usage.node?.[0]?.ticks).toBe(on.ticks);
});

test('an answer that is longer than a pipe holds comes whole', async () => {
  const processes = Array.from({ length: 1_500 }, (_, pid) => ({
    timestamp: tick(0),
    node: 'n',
    container_id: '0123456789ab',
    pid,
    comm: 'sh',
    memory_resident_bytes: pid,
  }));
  const folder = handmadeRun({ files: { 'process.csv': processes } });
  const { stdout } = await kubemon('summary', folder, '--json');
  expect(stdout.length).toBeGreaterThan(400_000);
  expect(JSON.parse(stdout)).toMatchObject({ found: { process: 1_500 } });
});

test('from a mark on there are fewer ticks, and a mark that is not there is a sentence', async () => {
  const all = await recorder.client.summary('done');
  const some = await recorder.client.summary('done', { from: 'warm' });
  expect(some.ticks).toBeLessThan(all.ticks);
  expect(some.ticks).toBeGreaterThan(0);
  expect(await kubemon('summary', 'done', '--from', 'cold')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'done has no mark "cold". Its marks are "warm".\n',
  });
});

test('nothing is overwritten, and a run that is not there leaves nothing', async () => {
  const { code, stderr } = await kubemon('export', 'done', '--format', 'deltas', '--output', '.');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `${here} exists already and is left as it is: name another folder with --output.\n`,
  });
  const none = await kubemon('export', 'nobody', '--format', 'deltas');
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('nobody');
  expect(existsSync(join(here, 'nobody-deltas'))).toBe(false);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'an export that %s ends leaves nothing',
  async (signal) => {
    const run = handmadeRun({ files: {} });
    // Whoever opens it waits for someone to write: the export stands there.
    rmSync(join(run, 'container.csv'));
    execFileSync('mkfifo', [join(run, 'container.csv')]);
    const place = mkdtempSync(join(here, 'ended-'));
    const child = spawn(process.execPath, [command, 'export', run, '--format', 'deltas'], { cwd: place });
    const ended = once(child, 'exit');
    await until('it has begun', () =>
      readdirSync(place).some((name) => existsSync(join(place, name, 'container.csv'))),
    );
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(readdirSync(place)).toEqual([]);
  },
);

test.each([
  [['export', 'done'], "required option '--format <format>' not specified"],
  [['summary', 'done', '--top', '0'], 'It must be a whole number from 1 on.'],
  [['summary', 'done', '--by', 'pod'], 'Allowed choices are node, container, process.'],
])('%j is wrong usage', async (args, sentence) => {
  const { code, stderr } = await kubemon(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});

function contentOf(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.json') ? JSON.parse(text) : text;
}
