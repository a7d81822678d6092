import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { errorCode } from '../../exporter/serve/errno.ts';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { type Reply, tooLarge } from './exchange.ts';
import { ScrapeError } from './scrapeError.ts';

const unzip = promisify(gunzip);

/** The body as it was before its content-encoding. @throws ScrapeError */
export async function decompress({ encoding, body }: Reply, maxBytes: number): Promise<Buffer> {
  if (encoding === '' || encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new ScrapeError('broken', `the body is encoded as ${encoding}, which was not asked for`);
  }
  try {
    return await unzip(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    const what = messageOf(error);
    throw new ScrapeError('broken', `the body cannot be decompressed: ${what}`, { cause: error });
  }
}
