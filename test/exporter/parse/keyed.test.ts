import { expect, test } from 'vitest';
import { createKeyedParser } from '../../../exporter/parse/keyed.ts';
import { bytes, kernelText } from './text.ts';

// prettier-ignore
const parseVmstat = createKeyedParser([
  'nr_active_anon', 'nr_inactive_anon', 'nr_active_file', 'nr_inactive_file', 'nr_mapped',
  'pgpgin', 'pgpgout', 'pgfree', 'pgfault', 'pgmajfault', 'pgreuse', 'oom_kill',
]);

test('/proc/vmstat of Linux 6.18', () => {
  expect(parseVmstat(kernelText('6.18/vmstat'))).toEqual({
    nr_active_anon: 393,
    nr_inactive_anon: 10960,
    nr_active_file: 54945,
    nr_inactive_file: 129771,
    nr_mapped: 25749,
    pgpgin: 2113473,
    pgpgout: 7683272,
    pgfree: 11647316,
    pgfault: 8713571,
    pgmajfault: 1587,
    pgreuse: 1149782,
    oom_kill: 0,
  });
});

test('/proc/vmstat of Linux 3.10 has no pgreuse and no oom_kill', () => {
  expect(parseVmstat(kernelText('3.10/vmstat'))).toEqual({
    nr_active_anon: 301227,
    nr_inactive_anon: 40912,
    nr_active_file: 720981,
    nr_inactive_file: 512034,
    nr_mapped: 20418,
    pgpgin: 60213847,
    pgpgout: 391208344,
    pgfree: 9406120384,
    pgfault: 10293847561,
    pgmajfault: 20394,
  });
});

const parseMeminfo = createKeyedParser(['MemTotal', 'MemAvailable', 'Buffers', 'Cached', 'Active(anon)']);

test('/proc/meminfo, in KiB; Linux 3.10 has no MemAvailable', () => {
  expect(parseMeminfo(kernelText('6.1/meminfo'))).toMatchObject({
    MemTotal: 4021988,
    MemAvailable: 3665856,
    Buffers: 4504,
    Cached: 219396,
  });
  expect(parseMeminfo(kernelText('3.10/meminfo'))).toEqual({
    MemTotal: 8009864,
    Buffers: 12084,
    Cached: 4919124,
    'Active(anon)': 1204908,
  });
});

test('/proc/PID/io', () => {
  const parse = createKeyedParser([
    'rchar',
    'wchar',
    'syscr',
    'syscw',
    'read_bytes',
    'write_bytes',
    'cancelled_write_bytes',
  ]);
  expect(parse(kernelText('6.18/pid/io'))).toEqual({
    rchar: 3745561539,
    wchar: 3745550695,
    syscr: 57190,
    syscw: 58052,
    read_bytes: 2019328,
    write_bytes: 3745521664,
    cancelled_write_bytes: 0,
  });
});

test('memory.stat: v1 has total_ values beside those of the cgroup alone, v2 has none', () => {
  const parse = createKeyedParser(['rss', 'total_rss', 'total_pgmajfault', 'anon', 'pgmajfault']);
  expect(parse(kernelText('3.10/cgroup-v1/memory.stat'))).toEqual({
    rss: 301989888,
    total_rss: 318767104,
    total_pgmajfault: 131,
    pgmajfault: 120,
  });
  expect(parse(kernelText('6.1/cgroup-v2/memory.stat'))).toEqual({ anon: 61440, pgmajfault: 1 });
});

test('cpu.stat: v1 in ns, v2 in us; bursts since Linux 5.14', () => {
  const parseV1 = createKeyedParser(['nr_periods', 'nr_throttled', 'throttled_time', 'nr_bursts']);
  expect(parseV1(kernelText('6.18/cgroup-v1/cpu.stat'))).toEqual({
    nr_periods: 21,
    nr_throttled: 21,
    throttled_time: 1381265653,
    nr_bursts: 0,
  });
  expect(parseV1(kernelText('3.10/cgroup-v1/cpu.stat'))).toEqual({
    nr_periods: 20394,
    nr_throttled: 4120,
    throttled_time: 301928374651,
  });
  const parseV2 = createKeyedParser([
    'usage_usec',
    'user_usec',
    'system_usec',
    'throttled_usec',
    'burst_usec',
  ]);
  expect(parseV2(kernelText('6.1/cgroup-v2/cpu.stat'))).toEqual({
    usage_usec: 10974360,
    user_usec: 9250979,
    system_usec: 1723380,
    throttled_usec: 10156406,
    burst_usec: 0,
  });
  expect(parseV2(kernelText('5.4/cgroup-v2/cpu.stat'))).toEqual({
    usage_usec: 41209384756,
    user_usec: 30192837465,
    system_usec: 11016547291,
    throttled_usec: 412093847,
  });
});

test('oom_kill is neither oom_kill_disable nor oom_group_kill; v1 has it since Linux 4.13', () => {
  const parse = createKeyedParser(['oom_kill']);
  expect(parse(kernelText('3.10/cgroup-v1/memory.oom_control'))).toEqual({});
  expect(parse(kernelText('4.18/cgroup-v1/memory.oom_control'))).toEqual({ oom_kill: 3 });
  expect(parse(bytes('oom 4\noom_kill 2\noom_group_kill 7\n'))).toEqual({ oom_kill: 2 });
});

test('a key without a number, and a number that the text cuts off, are absent', () => {
  const parse = createKeyedParser(['user', 'system']);
  expect(parse(bytes('user\nsystem 157\n'))).toEqual({ system: 157 });
  expect(parse(bytes('user 7\nsystem 15'))).toEqual({ user: 7 });
  expect(parse(bytes(''))).toEqual({});
});
