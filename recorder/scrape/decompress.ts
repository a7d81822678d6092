import { addAbortSignal } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { type BodyLimits, type Reply, tooLarge } from './exchange.ts';
import type { Inflater } from './inflater.ts';
import { ScrapeError } from './scrapeError.ts';

/** Of each piece the event loop has to come round once, and others work in between: few pieces. */
const pieceSize = 1 << 20;

const leastChunk = 1 << 16;
/** What decompresses to no more takes two or three milliseconds, and is left compressed until it is read. */
const openedAtOnce = 1 << 20;

/** A body that has come. */
export interface ReadyBody {
  /** Decompressed; as its end tells, until it is opened. */
  readonly bytes: number;
  /** As it was before its content-encoding; to be called once. @throws ScrapeError, or the reason of the signal */
  open(): Promise<OpenBody>;
}

/** A body that is read. */
export interface OpenBody {
  readonly text: Buffer;
  /** Nobody looks at the text any more: its memory may be another's then. */
  release(): void;
}

export interface Gzip {
  readonly body: Buffer;
  /** That it is said to decompress to; more is possible. */
  readonly bytes: number;
  /** To more it is an error. */
  readonly maxBytes: number;
}

export interface Opening extends BodyLimits {
  /** Of many targets; undefined: decompressed right here. */
  readonly inflater: Inflater | undefined;
}

/**
 * Makes a body ready to be read: the bodies of a thousand targets come at one moment, and compressed they take a
 * twentieth of the memory while they wait for their turn. @throws ScrapeError, or the reason of the signal
 */
export async function readyBody({ encoding, body }: Reply, limits: Opening): Promise<ReadyBody> {
  if (encoding === '' || encoding === 'identity') return plainBody(body);
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new ScrapeError('broken', `the body is encoded as ${encoding}, which was not asked for`);
  }
  const most = Math.min(openedAtOnce, limits.maxBytes);
  const told = toldLength(body);
  // What is told is the length of the last part, if there are several.
  if (told <= most && told + gzipFrame >= body.length) return compressedBody(body, most, limits);
  return plainBody(await decompress(body, limits));
}

function plainBody(text: Buffer): ReadyBody {
  return { bytes: text.length, open: () => Promise.resolve({ text, release: () => {} }) };
}

/** Bytes by which what cannot be compressed grows, at least for bodies that are opened at once. */
const gzipFrame = 512;

/** What the last four bytes of a gzip file say: https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1 */
function toldLength(body: Buffer): number {
  return body.length < 4 ? 0 : body.readUInt32LE(body.length - 4);
}

function compressedBody(body: Buffer, maxBytes: number, { inflater, signal }: Opening): ReadyBody {
  let bytes = toldLength(body);
  return {
    get bytes() {
      return bytes;
    },
    open: async () => {
      try {
        const gzip = { body, bytes, maxBytes };
        const opened = await (inflater?.inflate(gzip, signal) ?? {
          text: inflateHere(gzip),
          release: () => {},
        });
        bytes = opened.text.length;
        return opened;
      } catch (error) {
        bytes = body.length;
        signal.throwIfAborted();
        throw broken(error);
      }
    },
  };
}

/** In one piece, with room for the byte by which it ends. @throws Error of zlib */
export function inflateHere({ body, bytes, maxBytes }: Gzip): Buffer {
  const chunkSize = Math.max(leastChunk, bytes + 1);
  return gunzipSync(body, { chunkSize, maxOutputLength: maxBytes });
}

async function decompress(body: Buffer, { maxBytes, held, signal }: BodyLimits): Promise<Buffer> {
  const gunzip = addAbortSignal(signal, createGunzip({ chunkSize: pieceSize }));
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
    throw error instanceof ScrapeError ? error : broken(error);
  }
}

function broken(error: unknown): ScrapeError {
  return new ScrapeError('broken', `the body cannot be decompressed: ${messageOf(error)}`, { cause: error });
}
