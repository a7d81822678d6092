import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type Koa from 'koa';
import { boundConnections } from './connectionRoom.ts';
import type { Followed } from './followFiles.ts';
import { refusePlainHttp } from './plainOnTls.ts';
import { minVersion, type TlsPair } from './tls.ts';

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

/** What keeps a client that is slow, silent or many from holding a server up. Times in milliseconds. */
export interface Limits {
  /** For the head of a request, and for the handshake of TLS. */
  readonly head: number;
  /** For a whole request. */
  readonly request: number;
  /** A client that takes nothing of its answer for so long is cut off. */
  readonly stall: number;
  /** At once: see boundConnections. */
  readonly connections: number;
}

/** Of connections a dozen are usual; the descriptors of so many leave enough for what the exporter holds open. */
const usual: Limits = { head: 10_000, request: 30_000, stall: 30_000, connections: 256 };

export interface ListenOptions {
  readonly port: number;
  /** Undefined: all addresses. */
  readonly address: string | undefined;
  /** Undefined: plain HTTP. A change of it holds for connections that come then. */
  readonly tls?: Followed<TlsPair> | undefined;
  readonly limits?: Limits;
}

/** @throws Error of the system when the port is in use or may not be used (EADDRINUSE, EACCES). */
export async function listen(
  app: Koa,
  { port, address, tls, limits = usual }: ListenOptions,
): Promise<Listening> {
  const server = tls === undefined ? createServer(timesOf(limits)) : createSecure(tls, limits);
  const handle = app.callback();
  server.on('request', (request, response) => {
    function begin(): void {
      // Requests that come in one piece are all known before the first is answered.
      queueMicrotask(() => {
        if (!request.socket.destroyed) void handle(request, response);
      });
    }
    // One after the other: of a connection that is lost Node tells only the response whose turn it is, and what was
    // begun for those behind it would never end.
    if (response.socket === null) response.once('socket', begin);
    else begin();
  });
  server.setTimeout(limits.stall);
  boundConnections(server, limits.connections);
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

function timesOf({ head, request }: Limits) {
  return {
    headersTimeout: head,
    requestTimeout: request,
    keepAliveTimeout: keepAlive,
    // Node looks whether they are over every 30 s else.
    connectionsCheckingInterval: Math.min(1000, head / 2),
  };
}

function createSecure(tls: Followed<TlsPair>, limits: Limits) {
  const { head } = limits;
  const server = createTlsServer({
    ...timesOf(limits),
    ...tls.current(),
    minVersion,
    handshakeTimeout: head,
  });
  tls.onChange((pair) => {
    server.setSecureContext({ ...pair, minVersion });
  });
  refusePlainHttp(server, head);
  return server;
}
