import { assert, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { parseProcessStat } from '../../../exporter/parse/processStat.ts';
import { bytes, kernelText } from './text.ts';

const container = {
  utime: 2,
  stime: 10,
  cutime: 91,
  cstime: 58,
  delayacct_blkio_ticks: 0,
  page_faults: 8141,
  majflt: 3,
  num_threads: 1,
  starttime: 153752,
};
const line = Buffer.from(kernelText('6.18/pid/stat')).toString('latin1');

test('Linux 6.18', () => {
  expect(parseProcessStat(kernelText('6.18/pid/stat'))).toEqual({ comm: 'sh', fields: container });
});

test('Linux 3.10', () => {
  expect(parseProcessStat(kernelText('3.10/pid/stat'))).toEqual({
    comm: 'java',
    fields: {
      utime: 4120938,
      stime: 812034,
      cutime: 120,
      cstime: 34,
      delayacct_blkio_ticks: 20314,
      page_faults: 9016957,
      majflt: 4120,
      num_threads: 87,
      starttime: 4501,
    },
  });
});

test('Linux 2.6.32, with 44 fields', () => {
  expect(parseProcessStat(kernelText('2.6.32/pid/stat'))).toEqual({
    comm: 'mysqld',
    fields: {
      utime: 18406,
      stime: 9203,
      cutime: 0,
      cstime: 0,
      delayacct_blkio_ticks: 4411,
      page_faults: 15148,
      majflt: 61,
      num_threads: 24,
      starttime: 10493,
    },
  });
});

test.each([
  ['nginx: w) R 1 (', 'nginx: w) R 1 ('],
  ['a b', 'a b'],
  ['', ''],
  [')', ')'],
  ['new\nline\ttab\x00', 'newlinetab'],
  ['"quoted",\\', '"quoted",\\'],
  ['del\x7f', 'del'],
  ['caf\xc3\xa9', 'café'],
  ['\xff\xfe', '\ufffd\ufffd'],
  ['cut\xe2\x82', 'cut\ufffd'],
  ['c1\xc2\x85x', 'c1x'],
  ['sep\xe2\x80\xa8\xe2\x80\xa9', 'sep'],
  ['\xef\xbb\xbfbom', '\ufeffbom'],
])('comm %j is given as %j', (comm, shown) => {
  const stat = parseProcessStat(bytes(line.replace('sh', () => comm)));
  expect(stat).toEqual({ comm: shown, fields: container });
});

test('any comm is given printable and disturbs no number', () => {
  assert(
    property(uint8Array({ maxLength: 64 }), (comm) => {
      const raw = Buffer.from(comm);
      const stat = parseProcessStat(bytes(line.replace('sh', () => raw.toString('latin1'))));
      const printable = raw.toString('utf8').replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '');
      expect(stat).toEqual({ comm: printable, fields: container });
    }),
    { numRuns: 2000 },
  );
});

test('a line that is cut before the start time, or is none, is no process', () => {
  const startTime = line.indexOf('153752') + '153752'.length;
  for (let length = 0; length <= startTime; length++) {
    expect(parseProcessStat(bytes(line.slice(0, length)))).toBeUndefined();
  }
  expect(parseProcessStat(bytes('No such process\n'))).toBeUndefined();
  expect(parseProcessStat(bytes(') ('))).toBeUndefined();
});

test('fields that are cut off after the start time are absent', () => {
  const cut = line.slice(0, line.indexOf(' 2322432'));
  expect(parseProcessStat(bytes(`${cut} `))).toEqual({
    comm: 'sh',
    fields: { ...container, delayacct_blkio_ticks: undefined },
  });
});

test('counters above 2^53 are exact', () => {
  const stat = parseProcessStat(bytes(line.replace(' 8138 ', ' 18446744073709551610 ')));
  expect(stat?.fields['page_faults']).toBe(18446744073709551613n);
});
