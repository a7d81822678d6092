import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { openCpuTime, timeOfEnded } from './cpuTime.ts';

/**
 * Computes on another thread, waits for a line, ends that thread, computes, and says what getrusage(2) has
 * counted of all that, in seconds.
 */
const computing = `
const { Worker } = require('node:worker_threads');
const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
const compute = 'const until = used() + 0.2; while (used() < until);';
const thread = new Worker(
  'const used = ' + used + ';' + compute +
    "const { parentPort } = require('node:worker_threads');" +
    "parentPort.once('message', () => {}); parentPort.postMessage('')",
  { eval: true },
);
thread.on('message', () => console.log('computed'));
process.stdin.once('data', async () => {
  await thread.terminate();
  eval(compute);
  console.log(used());
});`;

test('is what getrusage(2) says, of threads that have ended since the last look too', async () => {
  const child = spawn(process.execPath, ['-e', computing]);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  const lines = createInterface(child.stdout);
  const cpuTime = openCpuTime(child.pid ?? Number.NaN);
  await once(lines, 'line');
  cpuTime();
  child.stdin.write('\n');
  const [used]: unknown[] = await once(lines, 'line');
  expect(Number(used)).toBeGreaterThan(0.4);
  // Ending a thread and saying it take a little, too.
  expect(cpuTime() / Number(used)).toBeGreaterThan(0.95);
  expect(cpuTime() / Number(used)).toBeLessThan(1.05);
});

test('a thread that ended has used what it had used', () => {
  const before = new Map([
    ['10', 500],
    ['11', 70],
  ]);
  expect(timeOfEnded(before, new Map([['10', 600]]))).toBe(70);
  expect(timeOfEnded(before, before)).toBe(0);
});

test('a thread that has used less than before is another one', () => {
  expect(timeOfEnded(new Map([['11', 70]]), new Map([['11', 3]]))).toBe(70);
});

test('a process that has ended has no time', async () => {
  const child = spawn('true');
  const cpuTime = openCpuTime(child.pid ?? Number.NaN);
  await once(child, 'close');
  expect(cpuTime).toThrow('ENOENT');
});
