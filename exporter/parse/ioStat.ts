import { decimal, sum } from './decimal.ts';
import { readDeviceNumber } from './deviceNumber.ts';
import type { Bytes, Reading, Value } from './reading.ts';
import { asciiText, nextLine, skipBlanks, wholeLines, wordEnd } from './words.ts';

const equals = 0x3d;
const keys = new Set(['rbytes', 'wbytes', 'rios', 'wios', 'dbytes', 'dios']);

/**
 * Parses io.stat of cgroup v2: device major:minor to rbytes, wbytes, dbytes, rios, wios, dios, and the
 * sum of the bytes.
 *
 *     8:0 rbytes=90430464 wbytes=299008000 rios=8950 wios=1252 dbytes=50331648 dios=3021
 *     253:0 8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0
 *
 * Some kernels leave out the newline after a device that has no values: those of the line are the last
 * device's. A device without values, or one that the kernel calls `(unknown)`, is left out.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html#io-interface-files
 */
export function parseIoStat(text: Bytes): ReadonlyMap<string, Reading> {
  const devices = new Map<string, Reading>();
  const lines = wholeLines(text);
  for (let line = 0; line < lines.length; line = nextLine(lines, line)) {
    const { device, values } = readLine(lines, line);
    if (device !== undefined && Object.keys(values).length > 0) {
      devices.set(device, { ...values, 'rbytes + wbytes + dbytes': allBytes(values) });
    }
  }
  return devices;
}

function readLine(text: Bytes, line: number): { device: string | undefined; values: Reading } {
  let device: string | undefined;
  const values: Record<string, Value | undefined> = {};
  let start = skipBlanks(text, line);
  for (let end = wordEnd(text, start); end > start; end = wordEnd(text, start)) {
    const assigned = text.subarray(start, end).indexOf(equals);
    if (assigned === -1) {
      device = readDeviceNumber(text, start, end);
    } else {
      const key = asciiText(text, start, start + assigned);
      if (keys.has(key)) values[key] = decimal(text, start + assigned + 1, end);
    }
    start = skipBlanks(text, end);
  }
  return { device, values };
}

/** Discards are counted since Linux 4.18; before it, all bytes are those read and written. */
function allBytes({ rbytes, wbytes, dbytes }: Reading): Value | undefined {
  if (rbytes === undefined || wbytes === undefined) return undefined;
  return sum(sum(rbytes, wbytes), dbytes ?? 0);
}
