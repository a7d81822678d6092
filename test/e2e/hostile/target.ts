import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';

/** Something that a recorder is told to scrape, and what it must say of it. */
export interface HostileTarget {
  /** A server that does not listen yet. */
  readonly server: () => Server;
  /** Of the cells `error` of scrapes.csv; absent: its scrapes succeed. */
  readonly error?: RegExp;
  /** Of a reason in the verdict, besides that of a failed scrape; absent: there is none about it. */
  readonly reason?: RegExp;
}

/** Of what takes long to read: on a busy machine it may be too late, which is its own loss. */
export const recordedOrLate = /^($|timeout: the answer could not be read by the deadline)/;

export type HostileTargets = Readonly<Record<string, HostileTarget>>;

/** Speaks on a bare connection, once a request has come. */
export function raw(speak: (socket: Socket) => void): HostileTarget['server'] {
  return () =>
    createServer((socket) => {
      socket.on('error', () => undefined).on('data', () => speak(socket));
    });
}

export function http(listener: RequestListener): HostileTarget['server'] {
  return () => createHttpServer(listener);
}

/** Another exporter than kubemon's, which says this. */
export function exposition(body: string | Buffer | (() => string)): HostileTarget['server'] {
  const told = typeof body === 'function' ? body : Buffer.from(body);
  return http((_, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4');
    response.end(typeof told === 'function' ? told() : told);
  });
}

/** Writes for as long as it is read. */
export function endlessly(
  socket: NodeJS.WritableStream & { readonly destroyed: boolean },
  piece: Buffer,
): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', write);
  write();
}
