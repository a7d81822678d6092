import { ExpositionError } from './expositionError.ts';

const lineFeed = 0x0a;
const linesPerStep = 10_000;
/** Of "a 1\n". */
const shortestSample = 4;

/**
 * Throws for a body that clearly has more samples than allowed, before any work is put into it: lines that
 * begin as the name of a metric does are samples. Those behind blanks are not counted.
 * @throws ExpositionError
 */
export function* requireFewSamples(body: Buffer, maxSamples: number): Generator<void> {
  let samples = 0;
  let start = 0;
  // Until there is no room for too many any more.
  for (let line = 1; samples + (body.length - start) / shortestSample > maxSamples; line++) {
    if (beginsName(body[start] ?? lineFeed)) samples++;
    if (samples > maxSamples) throw tooManySamples(line, maxSamples);
    if (line % linesPerStep === 0) yield;
    const end = body.indexOf(lineFeed, start);
    if (end === -1) return;
    start = end + 1;
  }
}

export function tooManySamples(line: number, maxSamples: number): ExpositionError {
  return new ExpositionError(line, `more than ${maxSamples} samples`, 'too_many');
}

/** Of the letters, underscore and colon. */
function beginsName(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || byte === 0x3a;
}
