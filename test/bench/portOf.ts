import type { Server } from 'node:net';

/** The port of a TCP server that listens. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('This server listens on no TCP port.');
  return address.port;
}
