import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes } from '../../../exporter/parse/reading.ts';

/** A text of test/fixtures/kernel. */
export function kernelText(path: string): Bytes {
  return readFileSync(join(import.meta.dirname, '../../fixtures/kernel', path));
}

/** One byte a character, so that `\xff` is the byte 255. */
export function bytes(text: string): Bytes {
  return Buffer.from(text, 'latin1');
}
