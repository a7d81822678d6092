import type { Server } from 'node:https';
import type { Socket } from 'node:net';

/** What every connection of TLS begins with: https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
const handshake = 22;

/** https://www.rfc-editor.org/rfc/rfc2817#section-4.2 */
const refusal = [
  'HTTP/1.1 426 Upgrade Required',
  'Upgrade: TLS/1.2, HTTP/1.1',
  'Connection: Upgrade, close',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'This port speaks TLS only: https://.\n',
].join('\r\n');

/**
 * Tells whoever speaks plain HTTP to a server of HTTPS that it is one, where TLS itself would only end
 * the connection: looks at the first byte before the server does.
 * @param patience milliseconds in which that byte has to come
 */
export function refusePlainHttp(server: Server, patience: number): void {
  const accept = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const timer = setTimeout(() => socket.destroy(), patience);
    socket.on('error', ignore);
    socket.once('close', () => clearTimeout(timer));
    socket.once('data', (first: Buffer) => {
      clearTimeout(timer);
      socket.pause();
      if (first[0] !== handshake) {
        socket.end(refusal, () => socket.destroy());
        return;
      }
      socket.off('error', ignore);
      socket.unshift(first);
      for (const listener of accept) listener.call(server, socket);
    });
  });
}

/** Who has gone before the first byte is nobody. */
function ignore(): void {}
