import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import Koa from 'koa';
import { expect, onTestFinished, test } from 'vitest';
import { type Limits, listen } from '../../../exporter/serve/listen.ts';
import { until } from '../../support/until.ts';

const limits: Limits = { head: 1000, request: 2000, stall: 1500, connections: 20 };
const endless = Buffer.alloc(1 << 20, 'x');

interface Served {
  readonly port: number;
  /** Answers that were begun, and those of them that are under way. */
  begun(): number;
  underWay(): number;
}

/** A server that answers /endless without an end, /read with the length of the body, and all else with its path. */
async function serve({ stall = limits.stall } = {}): Promise<Served> {
  const app = new Koa();
  app.silent = true;
  let begun = 0;
  let underWay = 0;
  app.use(async (ctx) => {
    begun += 1;
    underWay += 1;
    ctx.res.once('close', () => {
      underWay -= 1;
    });
    if (ctx.path === '/endless') {
      ctx.respond = false;
      const more = () => {
        while (!ctx.res.destroyed && ctx.res.write(endless));
      };
      ctx.res.on('drain', more);
      more();
    } else if (ctx.path === '/read') {
      ctx.body = String((await text(ctx.req)).length);
    } else {
      ctx.body = ctx.path;
    }
  });
  const server = await listen(app, { port: 0, address: '127.0.0.1', limits: { ...limits, stall } });
  onTestFinished(server.close);
  return { port: server.port, begun: () => begun, underWay: () => underWay };
}

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

/** All that comes back, once the server has closed the connection. */
async function say(port: number, said: string): Promise<string> {
  const socket = open(port);
  socket.write(said);
  return text(socket).catch(() => 'broken off');
}

/** The status line of the first answer, and the body of the last. */
function answer(said: string): readonly [string | undefined, string | undefined] {
  return [said.split('\r\n')[0], said.split('\r\n\r\n').at(-1)];
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n`;
const last = 'Connection: close\r\n\r\n';

/** What a scraper in good health gets, on a connection of its own. */
async function scraped(port: number): Promise<string | undefined> {
  return answer(await say(port, get('/fine') + last))[1];
}

test('a head that comes byte by byte is cut off', async () => {
  const { port } = await serve();
  const socket = open(port);
  const came = text(socket);
  const began = performance.now();
  for (const byte of get('/').repeat(100)) {
    if (socket.readableEnded || socket.destroyed) break;
    socket.write(byte);
    await sleep(100);
  }
  expect(answer(await came)[0]).toBe('HTTP/1.1 408 Request Timeout');
  expect(performance.now() - began).toBeGreaterThan(limits.head);
  expect(await scraped(port)).toBe('/fine');
});

test('a body that comes byte by byte is cut off', { timeout: 20_000 }, async () => {
  const { port, underWay } = await serve();
  const socket = open(port);
  const came = text(socket);
  socket.write('POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n');
  await until('it is under way', () => underWay() === 1);
  const dripping = setInterval(() => socket.write('x'), 100);
  await until('it is over', () => underWay() === 0, 15);
  clearInterval(dripping);
  expect(answer(await came)[0]).toBe('HTTP/1.1 408 Request Timeout');
});

test('whoever takes nothing of an answer is cut off, and holds up nobody', { timeout: 20_000 }, async () => {
  const { port, underWay } = await serve();
  const stalled = Array.from({ length: 10 }, () => open(port).pause());
  for (const socket of stalled) socket.write(`${get('/endless')}\r\n`);
  await until('they are being answered', () => underWay() === stalled.length);
  expect(await scraped(port)).toBe('/fine');
  await until('they are cut off', () => underWay() === 0, 15);
});

test('whoever takes an answer slowly, but goes on taking it, keeps it', { timeout: 20_000 }, async () => {
  const { port, underWay } = await serve();
  const slow = open(port).pause();
  slow.write(`${get('/endless')}\r\n`);
  await until('it is being answered', () => underWay() === 1);
  const began = performance.now();
  while (performance.now() - began < 2 * limits.stall) {
    slow.resume();
    await once(slow, 'data');
    await sleep(5);
    slow.pause();
    await sleep(50);
  }
  expect(underWay()).toBe(1);
});

test('connections that say nothing make room for one that asks, the oldest first', async () => {
  const { port } = await serve();
  const idle = Array.from({ length: 3 * limits.connections }, () => open(port));
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  const closed = idle.map(() => false);
  for (const [index, socket] of idle.entries()) socket.once('close', () => (closed[index] = true));
  for (let count = 0; count < 10; count += 1) expect(await scraped(port)).toBe('/fine');
  await until('the oldest are closed', () => closed.filter(Boolean).length >= 2 * limits.connections);
  expect(closed.slice(0, limits.connections)).toEqual(Array(limits.connections).fill(true));
});

test(
  'while every connection is being answered, further ones are turned away',
  { timeout: 20_000 },
  async () => {
    const { port, underWay } = await serve({ stall: 60_000 });
    const busy = Array.from({ length: limits.connections }, () => open(port));
    for (const socket of busy) socket.pause().write(`${get('/endless')}\r\n`);
    await until('all are being answered', () => underWay() === busy.length);
    expect(await say(port, get('/fine') + last)).toMatch(/^(broken off)?$/);
    busy[0]?.destroy();
    await until('one has made room', () => underWay() === busy.length - 1);
    expect(await scraped(port)).toBe('/fine');
  },
);

test('a few requests in one piece are answered one after the other, many end the connection', async () => {
  const { port, underWay } = await serve();
  const few = await say(port, `${get('/one')}\r\n`.repeat(3) + get('/end') + last);
  expect(few.match(/\/one/g)).toHaveLength(3);
  expect(answer(few)).toEqual(['HTTP/1.1 200 OK', '/end']);
  expect(await say(port, `${get('/endless')}\r\n`.repeat(1000))).toMatch(/^(broken off)?$/);
  expect(underWay()).toBe(0);
});

test('requests in one piece are begun one after the other, and none behind one whose client leaves', async () => {
  const { port, underWay, begun } = await serve({ stall: 60_000 });
  const socket = open(port);
  const said = [get('/one'), get('/endless'), get('/endless'), get('/endless')];
  socket.pause().write(said.map((head) => `${head}\r\n`).join(''));
  await until('the second is being answered', () => begun() === 2);
  expect(await scraped(port)).toBe('/fine');
  expect([begun(), underWay()]).toEqual([3, 1]);
  socket.destroy();
  await until('nothing is under way', () => underWay() === 0);
  expect(await scraped(port)).toBe('/fine');
  expect(begun()).toBe(4);
});

const long = 'x'.repeat(17_000);

test.each([
  ['headers of more than 16 kB', `${get('/')}X-Long: ${long}\r\n\r\n`, '431 Request Header Fields Too Large'],
  ['a path of more than 16 kB', `${get(`/${long}`)}\r\n`, '431 Request Header Fields Too Large'],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', '400 Bad Request'],
  ['no HTTP', 'hello\r\n\r\n', '400 Bad Request'],
  [
    'length and chunks',
    `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    '400 Bad Request',
  ],
  ['two lengths', `${post('Content-Length: 4', 'Content-Length: 5')}12345`, '400 Bad Request'],
  ['a coding after chunks', `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n`, '400 Bad Request'],
  ['a space before the colon', `${post('Transfer-Encoding : chunked')}0\r\n\r\n`, '400 Bad Request'],
  ['a chunk of no size', `${post('Transfer-Encoding: chunked')}x\r\n`, '400 Bad Request'],
  ['a header of two lines', post('X-One: 1', ' Content-Length: 5'), '400 Bad Request'],
])('%s: refused, and the connection closed', async (_, said, status) => {
  const { port } = await serve();
  expect(answer(await say(port, said))[0]).toBe(`HTTP/1.1 ${status}`);
  expect(await scraped(port)).toBe('/fine');
});

function post(...headers: readonly string[]): string {
  return `${['POST /read HTTP/1.1', 'Host: localhost', ...headers].join('\r\n')}\r\n\r\n`;
}

test('a wish for another protocol is passed over, a tunnel refused', async () => {
  const { port } = await serve();
  const upgrade = `${get('/fine')}Upgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n`;
  expect(answer(await say(port, upgrade))).toEqual(['HTTP/1.1 200 OK', '/fine']);
  expect(await say(port, `CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n`)).toBe('');
});

test('a whole URL in place of a path, as a proxy is asked, is taken for its path', async () => {
  const { port } = await serve();
  expect(answer(await say(port, get('http://example.com/fine') + last))).toEqual([
    'HTTP/1.1 200 OK',
    '/fine',
  ]);
});
