import { decimal } from './decimal.ts';
import { readDeviceNumber } from './deviceNumber.ts';
import type { Bytes, Reading, Value } from './reading.ts';
import { asciiText, nextLine, skipBlanks, wordEnd } from './words.ts';

const operations = new Set(['Read', 'Write', 'Sync', 'Async', 'Discard', 'Total']);

/**
 * Parses blkio.throttle.io_service_bytes and io_serviced of cgroup v1, their _recursive and blkio.bfq
 * kin: device major:minor to bytes or requests by operation. Discard is there since Linux 4.18.
 *
 *     8:0 Read 4096
 *     8:0 Write 0
 *     8:0 Sync 4096
 *     8:0 Async 0
 *     8:0 Total 4096
 *     Total 4096
 *
 * The last line, of all devices, is left out.
 * https://docs.kernel.org/admin-guide/cgroup-v1/blkio-controller.html
 */
export function parseBlkio(text: Bytes): ReadonlyMap<string, Reading> {
  const devices = new Map<string, Record<string, Value | undefined>>();
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    const deviceEnd = wordEnd(text, line);
    const device = readDeviceNumber(text, line, deviceEnd);
    if (device === undefined) continue;
    const start = skipBlanks(text, deviceEnd);
    const end = wordEnd(text, start);
    const operation = asciiText(text, start, end);
    if (!operations.has(operation)) continue;
    const value = skipBlanks(text, end);
    const reading = devices.get(device) ?? {};
    reading[operation] = decimal(text, value, wordEnd(text, value));
    devices.set(device, reading);
  }
  return devices;
}
