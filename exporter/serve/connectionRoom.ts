import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

interface Held {
  readonly socket: Socket;
  /** Those whose answers are not sent yet. */
  readonly requests: Set<IncomingMessage>;
}

/** So many requests may come over a connection before the first is answered: clients in use send one. */
const mostUnanswered = 4;

/**
 * Bounds the connections of a server. When there is no more room, the one that has been without a whole
 * request for longest makes some: whoever opens connections and says nothing, or little at a time, keeps
 * nobody out who comes with a request. A new one is turned away only while all are being answered. Nor does
 * anybody get more turns than others by sending many requests at once: their connection is closed.
 */
export function boundConnections(server: Server, most: number): void {
  /** The longest without a request first. */
  const held = new Map<string, Held>();

  server.prependListener('connection', (socket: Socket) => {
    const name = nameOf(socket);
    if (held.size >= most && !makeRoom()) {
      socket.destroy();
      return;
    }
    held.set(name, { socket, requests: new Set() });
    socket.once('close', () => held.delete(name));
  });

  server.prependListener('request', (request, response) => {
    const name = nameOf(request.socket);
    const connection = held.get(name);
    if (connection === undefined) return;
    const { requests } = connection;
    requests.add(request);
    if (requests.size > mostUnanswered) request.socket.destroy();
    response.once('close', () => {
      requests.delete(request);
      if (requests.size > 0 || held.get(name) !== connection) return;
      held.delete(name);
      held.set(name, connection);
    });
  });

  function makeRoom(): boolean {
    for (const [name, { socket, requests }] of held) {
      if ([...requests].some(({ complete }) => complete)) continue;
      held.delete(name);
      socket.destroy();
      return true;
    }
    return false;
  }
}

/** The same for a connection and the TLS on it. */
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
