import { readColumns } from './columns.ts';
import { printableText } from './printable.ts';
import type { Bytes, Reading } from './reading.ts';
import { nextLine, skipBlanks, wholeLines } from './words.ts';

const colon = 0x3a;

/** In the kernel's order; fifo, frame, compressed, multicast, colls and carrier are not shown. */
// prettier-ignore
const columns = [
  'receive_bytes', 'receive_packets', 'receive_errors', 'receive_drops',
  undefined, undefined, undefined, undefined,
  'transmit_bytes', 'transmit_packets', 'transmit_errors', 'transmit_drops',
];

export interface NetworkInterface {
  readonly interface: string;
  readonly fields: Reading;
}

/**
 * Parses net/dev of a process: {receive,transmit}_{bytes,packets,errors,drops} of each interface of its
 * network namespace, lo included. Old kernels leave no blank after the colon once the number is wide.
 *
 *     Inter-|   Receive                            |  Transmit
 *      face |bytes    packets errs drop fifo ...   |bytes    packets errs drop fifo ...
 *         lo:    3193      29    0    0    0 ...       3193      29    0    0    0 ...
 *       eth0:637072357  18322    0    0    0 ...    1327888   12680    0    0    0 ...
 *
 * A name is any bytes its maker chose; of two that print alike the first is given.
 */
export function parseNetDev(text: Bytes): readonly NetworkInterface[] {
  const interfaces = new Map<string, NetworkInterface>();
  const lines = wholeLines(text);
  const firstLine = nextLine(lines, nextLine(lines, 0));
  for (let line = firstLine; line < lines.length; line = nextLine(lines, line)) {
    const nameEnd = lastColon(lines, line, nextLine(lines, line));
    if (nameEnd === undefined) continue;
    const name = printableText(lines, skipBlanks(lines, line), nameEnd);
    if (interfaces.has(name)) continue;
    interfaces.set(name, { interface: name, fields: readColumns(lines, nameEnd + 1, columns) });
  }
  return [...interfaces.values()];
}

/** The last, as old kernels let a name hold a colon itself. */
function lastColon(text: Bytes, start: number, end: number): number | undefined {
  for (let index = end - 1; index >= start; index--) if (text[index] === colon) return index;
  return undefined;
}
