/**
 * A process between a scraper and the exporters: a port for each, and a delay each way. Messages:
 * `{ ports }` of the exporters, answered with its own ports in the same order; `{ link }`, answered when
 * it holds, for what is sent from then on.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createDelayLine } from './delayLine.ts';
import { jitter, type Link, symmetric } from './link.ts';
import { serveParent } from './child.ts';
import { portOf } from '../portOf.ts';
import { createRandom } from './random.ts';

type Message = { readonly ports: readonly number[] } | { readonly link: Link };

let link = symmetric(0);
let seed = 0;

serveParent(async (message: Message) => {
  if ('ports' in message) return Promise.all(message.ports.map(listenFor));
  link = message.link;
  return undefined;
});

async function listenFor(port: number): Promise<number> {
  const server = createServer((client) => {
    const exporter = connect(port, '127.0.0.1');
    forward(client, exporter, () => link.outward);
    forward(exporter, client, () => link.back, withoutClock);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return portOf(server);
}

/** Undefined stands for the end of the stream. */
function forward(from: Socket, to: Socket, mean: () => number, edit = (chunk: Buffer) => chunk): void {
  const random = createRandom(seed++);
  const delay = () => mean() * (1 - jitter + 2 * jitter * random());
  const put = createDelayLine<Buffer | undefined>(delay, (chunk) => {
    if (chunk === undefined) to.end();
    else if (to.writable) to.write(edit(chunk));
  });
  from.setNoDelay(true);
  from.on('data', put);
  from.once('end', () => {
    put(undefined);
  });
  from.once('error', () => to.destroy());
}

/** The head of an answer comes in one piece: the exporter flushes it, and it is small. */
function withoutClock(chunk: Buffer): Buffer {
  if (!link.hidesClock) return chunk;
  return Buffer.from(chunk.toString('latin1').replace(/^X-Kubemon-Clock: .*\r\n/im, ''), 'latin1');
}
