import { assert, nat, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { parseAuxv } from '../../../exporter/parse/auxv.ts';
import { parseBlkio } from '../../../exporter/parse/blkio.ts';
import { parseBlockStat } from '../../../exporter/parse/blockStat.ts';
import { parseCgroupProcs } from '../../../exporter/parse/cgroupProcs.ts';
import { parseCpuMax } from '../../../exporter/parse/cpuMax.ts';
import { parseHist } from '../../../exporter/parse/hist.ts';
import { parseIoStat } from '../../../exporter/parse/ioStat.ts';
import { createKeyedParser } from '../../../exporter/parse/keyed.ts';
import { parseOpenFilesLimit } from '../../../exporter/parse/limits.ts';
import { parseLoadavg } from '../../../exporter/parse/loadavg.ts';
import { parseNetDev } from '../../../exporter/parse/netDev.ts';
import { parsePressure } from '../../../exporter/parse/pressure.ts';
import { parseProcessStat } from '../../../exporter/parse/processStat.ts';
import { parseProcStat } from '../../../exporter/parse/procStat.ts';
import type { Bytes } from '../../../exporter/parse/reading.ts';
import { parseSingle } from '../../../exporter/parse/single.ts';
import { parseStatm } from '../../../exporter/parse/statm.ts';
import { kernelText } from './text.ts';

const parsers: readonly (readonly [name: string, parse: (text: Bytes) => unknown, sample: string])[] = [
  ['vmstat', createKeyedParser(['nr_free_pages', 'pgfault']), '6.18/vmstat'],
  ['meminfo', createKeyedParser(['MemTotal', 'Active(anon)']), '6.18/meminfo'],
  ['stat', parseProcStat, '6.18/stat'],
  ['loadavg', parseLoadavg, '6.18/loadavg'],
  ['pressure', parsePressure, '6.18/pressure/io'],
  ['net/dev', parseNetDev, '6.18/net-dev'],
  ['block/DEV/stat', parseBlockStat, '6.18/block/stat'],
  ['PID/stat', parseProcessStat, '6.18/pid/stat'],
  ['PID/statm', parseStatm, '6.18/pid/statm'],
  ['auxv', parseAuxv, '6.18/pid/auxv'],
  ['limits', parseOpenFilesLimit, '6.18/pid/limits'],
  ['cgroup.procs', parseCgroupProcs, '6.18/cgroup-v1/cgroup.procs'],
  ['blkio', parseBlkio, '3.10/cgroup-v1/blkio.throttle.io_service_bytes'],
  ['io.stat', parseIoStat, '5.15/cgroup-v2/io.stat'],
  ['cpu.max', parseCpuMax, '6.1/cgroup-v2/cpu.max'],
  ['memory.max', parseSingle, '6.1/cgroup-v2/memory.max'],
  ['hist', parseHist, '6.1/hist'],
];

test.each(parsers)('%s: no bytes make the parser throw', (_name, parse) => {
  assert(
    property(uint8Array({ maxLength: 400 }), (text) => {
      expect(() => parse(text)).not.toThrow();
    }),
  );
});

test.each(parsers)(
  '%s: nor does the real text with bytes overwritten, or cut anywhere',
  (_name, parse, sample) => {
    const real = kernelText(sample).subarray(0, 2000);
    assert(
      property(nat(), nat(), uint8Array({ maxLength: 8 }), (cut, at, junk) => {
        const text = Uint8Array.from(real.subarray(0, cut % (real.length + 1)));
        text.set(
          junk.subarray(0, Math.max(0, text.length - (at % (text.length + 1)))),
          at % (text.length + 1),
        );
        expect(() => parse(text)).not.toThrow();
      }),
    );
  },
);

test.each(parsers)(
  '%s: a text that is cut gives no number that the whole does not have',
  (_name, parse, sample) => {
    const real = kernelText(sample).subarray(0, 2000);
    const whole = new Set(numbersIn(parse(real)));
    const cut = Array.from(real, (_byte, length) => numbersIn(parse(real.subarray(0, length)))).flat();
    expect(cut.filter((number) => !whole.has(number))).toEqual([]);
  },
);

/** Every number in what a parser gives. */
function numbersIn(parsed: unknown): readonly (number | bigint)[] {
  if (typeof parsed === 'number' || typeof parsed === 'bigint') return [parsed];
  if (parsed instanceof Map) return [...parsed.values()].flatMap(numbersIn);
  if (typeof parsed === 'object' && parsed !== null) return Object.values(parsed).flatMap(numbersIn);
  return [];
}
