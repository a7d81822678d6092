import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { KernelFiles } from '../../../exporter/source/files.ts';
import { type Process, Processes } from '../../../exporter/source/processes.ts';
import { describeWith, needs } from '../../support/needs.ts';

const children: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map(end));
});

async function start(command: string, ...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'close');
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('It was not started.');
  return pid;
}

function read(processes: Processes, pid: number): Process {
  const process = processes.read(pid);
  if (typeof process !== 'object') throw new Error(`Process ${pid} is ${String(process)}.`);
  return process;
}

test('a process is its stat, and besides statm and io', async () => {
  const pid = pidOf(await start('sleep', '60'));
  const processes = new Processes(new KernelFiles(10), '/proc');
  processes.begin();
  expect(read(processes, pid)).toMatchObject({ pid, comm: 'sleep', fields: { num_threads: 1 } });
  const details = processes.details(pid);
  expect(details?.statm).toMatchObject({ lib: 0 });
  expect(details?.io).toMatchObject({ cancelled_write_bytes: 0 });
});

test('a process that has ended since it was listed is not there', async () => {
  const child = await start('true');
  await once(child, 'close');
  const files = new KernelFiles(10);
  const processes = new Processes(files, '/proc');
  processes.begin();
  expect(processes.read(pidOf(child))).toBeUndefined();
  expect(files.held).toBe(0);
});

test.each([10, 0])(
  'a process that ends after its stat was read has no half row, with %i files held',
  async (limit) => {
    const child = await start('sleep', '60');
    const files = new KernelFiles(limit);
    const processes = new Processes(files, '/proc');
    processes.begin();
    read(processes, pidOf(child));
    await end(child);
    expect(processes.details(pidOf(child))).toBeUndefined();
    expect(processes.read(pidOf(child))).toBeUndefined();
    expect(files.held).toBe(0);
  },
);

test('the files of a process that is no longer asked for are let go of', async () => {
  const pid = pidOf(await start('sleep', '60'));
  const files = new KernelFiles(10);
  const processes = new Processes(files, '/proc');
  processes.begin();
  read(processes, pid);
  processes.details(pid);
  expect(files.held).toBe(3);
  processes.begin();
  processes.begin();
  expect(files.held).toBe(0);
});

const lastPid = '/proc/sys/kernel/ns_last_pid';
const canChoosePids = () => (existsSync(lastPid) ? undefined : `there is no ${lastPid}`);

describeWith([needs.root, canChoosePids], 'a pid that is given to another process', () => {
  /** Starts a process that has the pid of one that has ended, in another tick of the clock. */
  async function startAs(pid: number): Promise<void> {
    await sleep(20);
    for (let attempt = 0; attempt < 500; attempt++) {
      writeFileSync(lastPid, String(pid - 1));
      const child = await start('tail', '-f', '/dev/null');
      if (child.pid === pid) return;
      await end(child);
    }
    throw new Error(`Nobody was given the pid ${pid}: the machine starts too many processes.`);
  }

  describe.each([10, 0])('with %i files held', (limit) => {
    test('is the other one, without anything of the first', async () => {
      const first = await start('sh', '-c', 'while :; do :; done');
      const pid = pidOf(first);
      const processes = new Processes(new KernelFiles(limit), '/proc');
      processes.begin();
      await vi.waitUntil(() => Number(read(processes, pid).fields['utime']) > 5);
      const before = read(processes, pid);
      processes.details(pid);
      await end(first);
      await startAs(pid);

      processes.begin();
      const after = read(processes, pid);
      expect(before.comm).toBe('sh');
      expect(after.comm).toBe('tail');
      expect(Number(after.fields['starttime'])).toBeGreaterThan(Number(before.fields['starttime']));
      expect(Number(after.fields['utime'])).toBeLessThan(5);
      expect(processes.details(pid)).toBeDefined();
    });

    test('has no row in the pass that has read the stat of the first', async () => {
      const first = await start('sleep', '60');
      const pid = pidOf(first);
      const processes = new Processes(new KernelFiles(limit), '/proc');
      processes.begin();
      read(processes, pid);
      await end(first);
      await startAs(pid);
      expect(processes.details(pid)).toBeUndefined();
      processes.begin();
      expect(read(processes, pid).comm).toBe('tail');
      expect(processes.details(pid)).toBeDefined();
    });
  });
});

test('nothing is left open', async () => {
  const before = readdirSync('/proc/self/fd').length;
  const files = new KernelFiles(1000);
  const processes = new Processes(files, '/proc');
  for (let pass = 0; pass < 20; pass++) {
    processes.begin();
    const child = await start('sleep', '60');
    read(processes, pidOf(child));
    processes.details(pidOf(child));
    await end(child);
  }
  expect(files.held).toBeLessThanOrEqual(6);
  processes.begin();
  processes.begin();
  expect(files.held).toBe(0);
  expect(readdirSync('/proc/self/fd').length).toBe(before);
});
