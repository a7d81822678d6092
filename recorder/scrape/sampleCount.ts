import { ExpositionError } from './expositionError.ts';

const lineFeed = 0x0a;
const bytesPerStep = 1 << 20;

/**
 * Throws for a body that clearly has more samples than allowed, before any work is put into it: lines that
 * begin as the name of a metric does are samples. Those behind blanks are not counted.
 * @throws ExpositionError
 */
export function* requireFewSamples(body: Buffer, maxSamples: number): Generator<void> {
  // The shortest is "a 1\n".
  if (body.length <= 4 * maxSamples) return;
  let samples = 0;
  let line = 1;
  let before = lineFeed;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? lineFeed;
    if (byte === lineFeed) line++;
    else if (before === lineFeed && beginsName(byte)) samples++;
    if (samples > maxSamples) throw tooManySamples(line, maxSamples);
    if (at % bytesPerStep === 0) yield;
    before = byte;
  }
}

export function tooManySamples(line: number, maxSamples: number): ExpositionError {
  return new ExpositionError(line, `more than ${maxSamples} samples`, 'too_many');
}

/** Of the letters, underscore and colon. */
function beginsName(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || byte === 0x3a;
}
