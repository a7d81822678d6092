import { addAbortSignal } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { type BodyLimits, type Reply, tooLarge } from './exchange.ts';
import { ScrapeError } from './scrapeError.ts';

/** Of each piece the event loop has to come round once, and others work in between: few pieces. */
const chunkSize = 1 << 20;

/** The body as it was before its content-encoding. @throws ScrapeError, or the reason of the signal */
export async function decompress(
  { encoding, body }: Reply,
  { maxBytes, held, signal }: BodyLimits,
): Promise<Buffer> {
  if (encoding === '' || encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new ScrapeError('broken', `the body is encoded as ${encoding}, which was not asked for`);
  }
  const gunzip = addAbortSignal(signal, createGunzip({ chunkSize }));
  gunzip.end(body);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream of bytes
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      held.grow(chunk.length);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ScrapeError) throw error;
    const what = messageOf(error);
    throw new ScrapeError('broken', `the body cannot be decompressed: ${what}`, { cause: error });
  }
}
