import { expect, test } from 'vitest';
import { parseBlkio } from '../../../exporter/parse/blkio.ts';
import { parseBlockStat } from '../../../exporter/parse/blockStat.ts';
import { parseIoStat } from '../../../exporter/parse/ioStat.ts';
import { bytes, kernelText } from './text.ts';

const elevenColumns = {
  reads: 60213,
  reads_merged: 1204,
  sectors_read: 4120386,
  read_ms: 30412,
  writes: 91208,
  writes_merged: 84120,
  sectors_written: 12093848,
  write_ms: 120394,
  in_flight: 0,
  io_ms: 80412,
  weighted_io_ms: 150806,
};

test('block/DEV/stat of Linux 6.18, 17 columns', () => {
  expect(parseBlockStat(kernelText('6.18/block/stat'))).toEqual({
    reads: 69250,
    reads_merged: 9675,
    sectors_read: 4226946,
    read_ms: 40670,
    writes: 88310,
    writes_merged: 40040,
    sectors_written: 15407544,
    write_ms: 45881,
    in_flight: 0,
    io_ms: 20644,
    weighted_io_ms: 90093,
    discards: 22290,
    discards_merged: 16,
    sectors_discarded: 9893744,
    discard_ms: 2566,
    flushes: 18937,
    flush_ms: 975,
  });
});

test('block/DEV/stat of Linux 3.10, 11 columns', () => {
  expect(parseBlockStat(kernelText('3.10/block/stat'))).toEqual(elevenColumns);
});

test('block/DEV/stat of Linux 4.18, 15 columns', () => {
  expect(parseBlockStat(kernelText('4.18/block/stat'))).toMatchObject({
    in_flight: 2,
    discards: 120,
    discards_merged: 12,
    sectors_discarded: 983040,
    discard_ms: 34,
  });
  expect(parseBlockStat(kernelText('4.18/block/stat'))).not.toHaveProperty('flushes');
});

test('block/DEV/stat of a later kernel: further columns are left out', () => {
  const text = Buffer.from(kernelText('3.10/block/stat')).toString().replace('\n', ' 1 2 3 4 5 6 7 8\n');
  expect(parseBlockStat(bytes(text))).toEqual({
    ...elevenColumns,
    discards: 1,
    discards_merged: 2,
    sectors_discarded: 3,
    discard_ms: 4,
    flushes: 5,
    flush_ms: 6,
  });
});

test('blkio of Linux 3.10 has no Discard', () => {
  expect(parseBlkio(kernelText('3.10/cgroup-v1/blkio.throttle.io_service_bytes'))).toEqual(
    new Map([
      ['8:16', { Read: 40960, Write: 1204224, Sync: 1228800, Async: 16384, Total: 1245184 }],
      ['253:0', { Read: 90177536, Write: 301989888, Sync: 310378496, Async: 81788928, Total: 392167424 }],
    ]),
  );
});

test('blkio of Linux 6.18', () => {
  expect(parseBlkio(kernelText('6.18/cgroup-v1/blkio.throttle.io_service_bytes_recursive'))).toEqual(
    new Map([
      ['254:0', { Read: 13107200, Write: 13107200, Sync: 26214400, Async: 0, Discard: 0, Total: 26214400 }],
    ]),
  );
  expect(parseBlkio(kernelText('6.18/cgroup-v1/blkio.throttle.io_serviced_recursive'))).toEqual(
    new Map([['254:0', { Read: 200, Write: 200, Sync: 400, Async: 0, Discard: 0, Total: 400 }]]),
  );
});

test('blkio without a device', () => {
  expect(parseBlkio(bytes('Total 0\n'))).toEqual(new Map());
});

test('io.stat of Linux 6.1', () => {
  expect(parseIoStat(kernelText('6.1/cgroup-v2/io.stat'))).toEqual(
    new Map([
      [
        '254:0',
        {
          rbytes: 114688,
          wbytes: 88080384,
          rios: 2,
          wios: 86,
          dbytes: 0,
          dios: 0,
          'rbytes + wbytes + dbytes': 88195072,
        },
      ],
    ]),
  );
});

test('io.stat of the root cgroup names devices without values: they are left out', () => {
  expect([...parseIoStat(kernelText('6.1/cgroup-v2/io.stat.root')).keys()]).toEqual([
    '254:48',
    '254:32',
    '254:16',
    '254:0',
  ]);
});

test('io.stat of Linux 5.15: several devices on a line, devices it has no name for, large numbers', () => {
  expect(parseIoStat(kernelText('5.15/cgroup-v2/io.stat'))).toEqual(
    new Map([
      [
        '253:0',
        {
          rbytes: 1459200,
          wbytes: 314773504,
          rios: 192,
          wios: 353,
          dbytes: 0,
          dios: 0,
          'rbytes + wbytes + dbytes': 316232704,
        },
      ],
      [
        '8:16',
        {
          rbytes: 8192,
          wbytes: 4096,
          rios: 2,
          wios: 1,
          dbytes: 0,
          dios: 0,
          'rbytes + wbytes + dbytes': 12288,
        },
      ],
      [
        '259:0',
        {
          rbytes: 18446744073709551615n,
          wbytes: 9007199254740993n,
          rios: 9007199254740992,
          wios: 20394,
          dbytes: 1,
          dios: 1,
          'rbytes + wbytes + dbytes': 18455751272964292609n,
        },
      ],
    ]),
  );
});

test('io.stat of kernels that count no discards', () => {
  expect(parseIoStat(bytes('8:0 rbytes=5 wbytes=7 rios=1 wios=2\n'))).toEqual(
    new Map([['8:0', { rbytes: 5, wbytes: 7, rios: 1, wios: 2, 'rbytes + wbytes + dbytes': 12 }]]),
  );
});

test('io.stat: a line that is cut is left out, as its sum would be wrong', () => {
  expect(parseIoStat(bytes('8:0 rbytes=5 wbytes=7 rios=1 wios=2 dbytes=4'))).toEqual(new Map());
});
