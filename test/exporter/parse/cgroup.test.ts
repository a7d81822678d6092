import { expect, test } from 'vitest';
import { parseCgroupProcs } from '../../../exporter/parse/cgroupProcs.ts';
import { parseCpuMax } from '../../../exporter/parse/cpuMax.ts';
import { parseSingle } from '../../../exporter/parse/single.ts';
import { bytes, kernelText } from './text.ts';

test('files of one number', () => {
  expect(parseSingle(kernelText('6.18/cgroup-v1/cpuacct.usage'))).toEqual({ value: 1651800532 });
  expect(parseSingle(kernelText('6.18/cgroup-v1/memory.limit_in_bytes'))).toEqual({ value: 67108864 });
  expect(parseSingle(kernelText('6.1/cgroup-v2/memory.max'))).toEqual({ value: 67108864 });
  expect(parseSingle(kernelText('6.1/cgroup-v2/memory.swap.current'))).toEqual({ value: 0 });
  expect(parseSingle(bytes('9007199254740993\n'))).toEqual({ value: 9007199254740993n });
});

test.each([
  ['v2', 'max'],
  ['cpu.cfs_quota_us', '-1'],
  ['v1, pages of 4 KiB', '9223372036854771712'],
  ['v1, pages of 64 KiB', '9223372036854710272'],
  ['v1 of Linux 3.10', '9223372036854775807'],
  ['v1 of Linux 3.16', '18446744073709551615'],
])('no limit (%s) is %s: no value', (_version, text) => {
  expect(parseSingle(bytes(`${text}\n`))).toEqual({ value: undefined });
});

test('no number is no value', () => {
  expect(parseSingle(bytes(''))).toEqual({ value: undefined });
  expect(parseSingle(bytes('\n'))).toEqual({ value: undefined });
  expect(parseSingle(bytes('123'))).toEqual({ value: undefined });
});

test('cpu.max', () => {
  expect(parseCpuMax(kernelText('6.1/cgroup-v2/cpu.max'))).toEqual({ quota: 50000, period: 100000 });
  expect(parseCpuMax(bytes('max 100000\n'))).toEqual({ quota: undefined, period: 100000 });
  expect(parseCpuMax(bytes(''))).toEqual({});
});

test('cgroup.procs', () => {
  expect(parseCgroupProcs(kernelText('6.18/cgroup-v1/cgroup.procs'))).toEqual([376, 1361]);
  expect(parseCgroupProcs(bytes(''))).toEqual([]);
});

test('cgroup.procs: a pid listed twice is given once, one of another pid namespace (0) and a cut one not', () => {
  expect(parseCgroupProcs(bytes('410\n12\n410\n0\n0\n99\n12\n410'))).toEqual([410, 12, 99]);
  expect(parseCgroupProcs(bytes('410\n41'))).toEqual([410]);
});
