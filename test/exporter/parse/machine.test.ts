import { expect, test } from 'vitest';
import { parseAuxv } from '../../../exporter/parse/auxv.ts';
import { parseHist } from '../../../exporter/parse/hist.ts';
import { parseOpenFilesLimit } from '../../../exporter/parse/limits.ts';
import { parseLoadavg } from '../../../exporter/parse/loadavg.ts';
import { parsePressure } from '../../../exporter/parse/pressure.ts';
import { parseStatm } from '../../../exporter/parse/statm.ts';
import { bytes, kernelText } from './text.ts';

test('/proc/loadavg', () => {
  expect(parseLoadavg(kernelText('6.18/loadavg'))).toEqual({ load1: 0.17, load5: 0.14, load15: 0.16 });
  expect(parseLoadavg(bytes('104.00 99.07 1234.56 88/2049 30602\n'))).toEqual({
    load1: 104,
    load5: 99.07,
    load15: 1234.56,
  });
  expect(parseLoadavg(bytes('0.17 0.14 0.1'))).toEqual({});
});

test('pressure, in us; no full line for CPU before Linux 5.13', () => {
  expect(parsePressure(kernelText('6.18/pressure/io'))).toEqual({ some: 11747073, full: 10548718 });
  expect(parsePressure(kernelText('6.1/cgroup-v2/cpu.pressure'))).toEqual({ some: 8271388, full: 8239838 });
  expect(parsePressure(kernelText('5.4/pressure/cpu'))).toEqual({ some: 84120938475 });
  expect(parsePressure(kernelText('5.15/pressure/cpu'))).toEqual({ some: 120394857612, full: 0 });
  expect(parsePressure(bytes('full avg10=0.00 avg60=0.00 avg300=0.00 total=31\n'))).toEqual({ full: 31 });
  expect(parsePressure(bytes('some avg10=0.00 avg60=0.12 avg300=0.33 total=1203'))).toEqual({});
});

test('/proc/PID/statm, in pages', () => {
  expect(parseStatm(kernelText('6.18/pid/statm'))).toEqual({
    size: 567,
    resident: 395,
    shared: 380,
    text: 388,
    lib: 0,
    data: 77,
    dt: 0,
  });
  expect(parseStatm(bytes('567 395 38'))).toEqual({ size: 567, resident: 395 });
});

test('/proc/self/auxv', () => {
  expect(parseAuxv(kernelText('6.18/pid/auxv'))).toEqual({ pageSize: 4096, clockTicks: 100 });
  expect(parseAuxv(kernelText('6.18/pid/auxv').subarray(0, 71))).toEqual({ pageSize: 4096 });
  expect(parseAuxv(bytes(''))).toEqual({});
});

test('/proc/self/limits: the soft limit of open files', () => {
  expect(parseOpenFilesLimit(kernelText('6.18/pid/limits'))).toBe(20000);
  expect(
    parseOpenFilesLimit(bytes('Max open files            1024                 524288               files\n')),
  ).toBe(1024);
  expect(
    parseOpenFilesLimit(bytes('Max open files            unlimited            unlimited            files\n')),
  ).toBe(Infinity);
  expect(parseOpenFilesLimit(bytes('Max open files            10'))).toBeUndefined();
});

test('hist: the hits, absent once an event was dropped or the text is cut', () => {
  expect(parseHist(kernelText('6.1/hist'))).toEqual({ hits: 55580 });
  expect(parseHist(kernelText('6.1/hist-dropped'))).toEqual({ hits: undefined });
  expect(parseHist(bytes('Totals:\n    Hits: 55580\n'))).toEqual({ hits: undefined });
});
