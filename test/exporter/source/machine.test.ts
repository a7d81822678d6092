import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { execFileSync } from 'node:child_process';
import { readMachine } from '../../../exporter/source/machine.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/kernel/6.18', import.meta.url));

/** A folder that stands for /proc. */
function procfs(files: Readonly<Record<string, string | { readonly copyOf: string }>>): string {
  const root = mkdtempSync(join(tmpdir(), 'source-proc-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (typeof content === 'string') writeFileSync(join(root, path), content);
    else copyFileSync(join(fixtures, content.copyOf), join(root, path));
  }
  return root;
}

function shell(command: string): string {
  return execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trim();
}

test('this machine, as its own commands tell it', () => {
  const bootTime = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
  expect(readMachine('/proc')).toEqual({
    hostname: shell('uname -n'),
    kernel: shell('uname -r'),
    bootId: shell('cat /proc/sys/kernel/random/boot_id'),
    architecture: shell('uname -m'),
    pageSize: Number(shell('getconf PAGESIZE')),
    clockTicks: Number(shell('getconf CLK_TCK')),
    bootTime: Number(bootTime),
    delayAccounting: shell('cat /proc/sys/kernel/task_delayacct 2>/dev/null || echo 1') === '1',
  });
});

test('a folder that stands for a machine', () => {
  const root = procfs({
    'sys/kernel/hostname': 'worker-1\n',
    'sys/kernel/osrelease': '6.1.0-28-arm64\n',
    'sys/kernel/random/boot_id': '5c1f7b7e-3b0e-4a43-9a2f-6f1d7f4f2a10\n',
    'sys/kernel/task_delayacct': '0\n',
    stat: { copyOf: 'stat' },
    'self/auxv': { copyOf: 'pid/auxv' },
  });
  const btime = /^btime (\d+)$/m.exec(readFileSync(join(fixtures, 'stat'), 'utf8'))?.[1];
  expect(readMachine(root)).toMatchObject({
    hostname: 'worker-1',
    kernel: '6.1.0-28-arm64',
    bootId: '5c1f7b7e-3b0e-4a43-9a2f-6f1d7f4f2a10',
    pageSize: 4096,
    clockTicks: 100,
    bootTime: Number(btime),
    delayAccounting: false,
  });
  expect(readMachine(root, 'node-a').hostname).toBe('node-a');
});

test('what a folder does not have is absent, or what is common', () => {
  expect(readMachine(procfs({}))).toMatchObject({
    hostname: '',
    kernel: '',
    bootId: '',
    pageSize: 4096,
    clockTicks: 100,
    bootTime: undefined,
    delayAccounting: true,
  });
});
