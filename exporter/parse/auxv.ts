import type { Bytes } from './reading.ts';

/** AT_PAGESZ and AT_CLKTCK of linux/auxvec.h. */
const pageSizeType = 6n;
const clockTicksType = 17n;
const entryBytes = 16;

export interface AuxiliaryVector {
  /** Bytes. */
  readonly pageSize?: number;
  /** A second. */
  readonly clockTicks?: number;
}

/**
 * Parses /proc/self/auxv of a 64-bit process: pairs of type and value, 8 bytes each in this machine's
 * byte order, such as 6, 4096 and 17, 100. Neither value is found in a 32-bit process's.
 */
export function parseAuxv(bytes: Bytes): AuxiliaryVector {
  // Copied, as 8-byte words must lie on an 8-byte boundary, and a Buffer may begin anywhere.
  const copy = Uint8Array.from(bytes);
  const words = new BigUint64Array(copy.buffer, 0, Math.floor(copy.length / entryBytes) * 2);
  const pageSize = find(words, pageSizeType);
  const clockTicks = find(words, clockTicksType);
  return { ...(pageSize && { pageSize }), ...(clockTicks && { clockTicks }) };
}

function find(words: BigUint64Array, type: bigint): number | undefined {
  for (let index = 0; index < words.length; index += 2) {
    if (words[index] === type) return Number(words[index + 1]);
  }
  return undefined;
}
