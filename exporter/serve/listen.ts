import { createServer } from 'node:http';
import type Koa from 'koa';

/** A server at work. */
export interface Listening {
  readonly port: number;
  /** Lets answers under way finish for a moment, then ends every connection. */
  close(): Promise<void>;
}

/** Longer than Prometheus' usual interval of a minute: a scraper's connection then stays open. */
const keepAlive = 75_000;
/** So long an answer under way may take once the server is to end, in milliseconds. */
const grace = 2000;

/**
 * @param address undefined listens on all addresses.
 * @throws Error of the system when the port is in use or may not be used (EADDRINUSE, EACCES).
 */
export async function listen(app: Koa, port: number, address: string | undefined): Promise<Listening> {
  const handle = app.callback();
  const server = createServer((request, response) => {
    void handle(request, response);
  });
  server.keepAliveTimeout = keepAlive;
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(address === undefined ? {} : { host: address }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: async () => {
      const ended = new Promise((resolve) => {
        server.close(resolve);
      });
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, grace);
      await ended;
      clearTimeout(timer);
    },
  };
}
