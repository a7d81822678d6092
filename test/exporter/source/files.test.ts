import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KernelFiles } from '../../../exporter/source/files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubemon-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function countOpen(): number {
  return readdirSync('/proc/self/fd').length;
}

test('reads a file to its end, however long it is', () => {
  const files = new KernelFiles(10);
  for (const text of ['', 'a line\n', 'no newline', `${'x'.repeat(3000)}\n`, 'y'.repeat(300_000)]) {
    expect(Buffer.from(files.read(file('f', text))).toString()).toBe(text);
  }
});

test('reads a kernel file that comes in pieces of a page', () => {
  const text = Buffer.from(new KernelFiles(1).read('/proc/kallsyms')).toString();
  expect(text.length).toBeGreaterThan(100_000);
  expect(text).toBe(readFileSync('/proc/kallsyms', 'utf8'));
});

test('a held file shows what is in it now', () => {
  const path = file('counter', '1\n');
  const held = new KernelFiles(1).hold(path);
  expect(Buffer.from(held.read()).toString()).toBe('1\n');
  writeFileSync(path, '22\n');
  expect(Buffer.from(held.read()).toString()).toBe('22\n');
  held.close();
});

test('holds no more than its limit, and reads the others all the same', () => {
  const files = new KernelFiles(2);
  const held = ['a', 'b', 'c', 'd'].map((name) => files.hold(file(name, `${name}\n`)));
  const before = countOpen();
  expect(held.map((one) => Buffer.from(one.read()).toString())).toEqual(['a\n', 'b\n', 'c\n', 'd\n']);
  expect(files.held).toBe(2);
  expect(countOpen() - before).toBe(2);
  for (const one of held) one.close();
  expect(files.held).toBe(0);
  expect(countOpen()).toBe(before);
});

test('a held file of a process that has ended gives ESRCH', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const held = new KernelFiles(1).hold(`/proc/${String(child.pid)}/stat`);
  expect(Buffer.from(held.read()).toString()).toContain('(sleep)');
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(() => held.read()).toThrow(expect.objectContaining({ code: 'ESRCH' }));
  held.close();
});

test('a file that is not there is an error of the system, and nothing is held', () => {
  const files = new KernelFiles(1);
  expect(() => files.hold(join(folder, 'none')).read()).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  expect(files.held).toBe(0);
});
