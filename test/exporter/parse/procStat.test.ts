import { expect, test } from 'vitest';
import { parseProcStat } from '../../../exporter/parse/procStat.ts';
import { bytes, kernelText } from './text.ts';

test('Linux 6.18', () => {
  expect(parseProcStat(kernelText('6.18/stat'))).toEqual({
    'cpu user': 24616,
    'cpu nice': 0,
    'cpu system': 9907,
    'cpu idle': 270261,
    'cpu iowait': 1303,
    'cpu irq': 0,
    'cpu softirq': 244,
    'cpu steal': 96,
    'cpu guest': 0,
    'cpu guest_nice': 0,
    cpus: 2,
    intr: 1125521,
    ctxt: 2442570,
    btime: 1795359188,
    processes: 33782,
    procs_running: 3,
    procs_blocked: 0,
    softirq: 408649,
  });
});

test('Linux 3.10, with four CPUs', () => {
  expect(parseProcStat(kernelText('3.10/stat'))).toEqual({
    'cpu user': 8173842,
    'cpu nice': 3120,
    'cpu system': 2410583,
    'cpu idle': 190341207,
    'cpu iowait': 51238,
    'cpu irq': 0,
    'cpu softirq': 96412,
    'cpu steal': 1873,
    'cpu guest': 20417,
    'cpu guest_nice': 12,
    cpus: 4,
    intr: 1984261173,
    ctxt: 3461920418,
    btime: 1511740021,
    processes: 4120387,
    procs_running: 3,
    procs_blocked: 1,
    softirq: 1209384711,
  });
});

test('Linux 2.6.32 has no guest_nice', () => {
  const reading = parseProcStat(kernelText('2.6.32/stat'));
  expect(reading['cpu guest']).toBe(0);
  expect(reading['cpu guest_nice']).toBeUndefined();
  expect(reading['cpus']).toBe(1);
});

test('the CPUs of a text that is cut among their lines are not counted', () => {
  expect(parseProcStat(bytes('cpu  4 3 2 1\ncpu0 2 1 1 1\ncpu1 2 2'))).toEqual({
    'cpu user': 4,
    'cpu nice': 3,
    'cpu system': 2,
    'cpu idle': 1,
  });
});
