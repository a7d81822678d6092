import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { isErrno } from '../../../exporter/serve/errno.ts';

export interface Answer {
  /** As they came over the connection. */
  readonly bytes: number;
  readonly text: () => string;
  /** From the request to the last byte, in seconds. */
  readonly seconds: number;
}

/** One connection to an exporter, kept from scrape to scrape. */
export interface Connection {
  scrape(query?: string): Promise<Answer>;
  close(): void;
}

export function connect(url: string, encoding: 'identity' | 'gzip'): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  async function request(path: string): Promise<Answer> {
    const start = performance.now();
    const asked = get(path, {
      agent,
      headers: { accept: 'text/plain;version=0.0.4', 'accept-encoding': encoding },
      signal: AbortSignal.timeout(60_000),
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node's own event
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const seconds = (performance.now() - start) / 1000;
    const body = Buffer.concat(chunks);
    if (response.statusCode !== 200) {
      throw new Error(`${path} answers ${String(response.statusCode)}: ${body.toString().slice(0, 200)}`);
    }
    const isGzip = response.headers['content-encoding'] === 'gzip';
    return { bytes: body.length, text: () => String(isGzip ? gunzipSync(body) : body), seconds };
  }

  return {
    scrape: async (query = '') => {
      try {
        return await request(url + query);
      } catch (error) {
        // A server may close a connection that was idle just when it is used again.
        if (!isErrno(error, 'ECONNRESET')) throw error;
        return request(url + query);
      }
    },
    close: () => agent.destroy(),
  };
}
