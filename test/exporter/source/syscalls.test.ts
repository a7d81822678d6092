import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { KernelFiles } from '../../../exporter/source/files.ts';
import { countSyscalls } from '../../../exporter/source/syscalls.ts';

// What it counts is tested in test/vm, on a kernel that has histogram triggers.

let sysfs: string;

beforeEach(() => {
  sysfs = mkdtempSync(join(tmpdir(), 'source-sys-'));
  return () => {
    rmSync(sysfs, { recursive: true });
  };
});

test('without tracefs there is a reason', () => {
  mkdirSync(join(sysfs, 'kernel/tracing'), { recursive: true });
  expect(countSyscalls(sysfs, new KernelFiles(10))).toEqual({ unavailable: 'no_tracefs' });
});

test.each(['kernel/tracing', 'kernel/debug/tracing'])(
  'in SYSFS_PATH/%s, on a kernel without the event, there is a reason and nothing is left behind',
  (tracefs) => {
    const instances = join(sysfs, tracefs, 'instances');
    mkdirSync(join(instances, 'kubemon-1-1'), { recursive: true });
    mkdirSync(join(instances, 'somebody-else'));
    expect(countSyscalls(sysfs, new KernelFiles(10))).toEqual({ unavailable: 'not_supported_by_kernel' });
    expect(readdirSync(instances)).toEqual(['somebody-else']);
  },
);

test('what is no folder of instances is a reason', () => {
  mkdirSync(join(sysfs, 'kernel/tracing'), { recursive: true });
  writeFileSync(join(sysfs, 'kernel/tracing/instances'), '');
  expect(countSyscalls(sysfs, new KernelFiles(10))).toEqual({ unavailable: 'read_error' });
});
