import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createWallClock } from '../../../exporter/serve/clock.ts';
import { createScraper, type Scrape, type ScrapeRequest } from '../../../recorder/scrape/request.ts';
import { freePort } from '../../support/freePort.ts';
import { until } from '../../support/until.ts';
import { serve, serveRaw } from './serve.ts';

const clock = createWallClock();
const maxBytes = 100_000;
const scraper = createScraper({ clock, maxBytes });
function scrape(url: string, request: Partial<ScrapeRequest> = {}): Promise<Scrape> {
  const target = { name: 't', node: 'n', url, role: 'daemon' } as const;
  return scraper.scrape(target, { deadline: clock() + 5, ...request });
}

async function bodyOf(result: Scrape): Promise<string> {
  expect(result.up).toBe(true);
  if (!result.up) return '';
  const { text, release } = await result.open();
  const copy = text.toString();
  release();
  return copy;
}

async function errorOf(url: string, deadline = clock() + 5): Promise<string> {
  const result = await scrape(url, { deadline });
  expect(result.up).toBe(false);
  const error = result.up ? '' : result.error;
  expect(error).not.toMatch(/[\r\n]/);
  return error;
}

describe('a good answer', () => {
  test('comes with its bytes, its times and the clock of the exporter', async () => {
    const url = await serve((_, response) => {
      response.setHeader('X-Kubemon-Clock', '1767322445.000213').end('up 1\n');
    });
    const before = clock();
    const result = await scrape(url);
    const after = clock();
    expect(result).toMatchObject({ up: true, bytes: 5, exporterClock: 1767322445.000213 });
    expect(await bodyOf(result)).toBe('up 1\n');
    const { requestedAt, answeredAt = Number.NaN } = result;
    expect(requestedAt).toBeGreaterThanOrEqual(before);
    expect(answeredAt).toBeGreaterThan(requestedAt);
    expect(answeredAt).toBeLessThanOrEqual(after);
  });

  test('is timed by its head, not by its body', async () => {
    let headSent = Number.NaN;
    let release: (() => void) | undefined;
    const url = await serve((_, response) => {
      response.setHeader('X-Kubemon-Clock', String(clock())).flushHeaders();
      headSent = clock();
      release = () => response.end('up 1\n');
    });
    const result = scrape(url);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const released = clock();
    release?.();
    const { answeredAt } = await result;
    expect(answeredAt).toBeGreaterThan(headSent - 0.001);
    expect(answeredAt).toBeLessThan(released);
  });

  test('the request says what is asked for', async () => {
    let asked: unknown;
    const url = await serve(({ url: path, method, headers }, response) => {
      asked = { path, method, accept: headers.accept, encoding: headers['accept-encoding'] };
      response.end();
    });
    await scrape(`${url}?keep=1`, { at: 1767322445.5, collect: ['node', 'process'] });
    expect(asked).toEqual({
      path: '/metrics?keep=1&at=1767322445.5&collect%5B%5D=node&collect%5B%5D=process',
      method: 'GET',
      accept: 'text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.8,*/*;q=0.1',
      encoding: undefined,
    });
  });

  test('gzip is asked for of other machines only', async () => {
    const asked: unknown[] = [];
    const url = await serve(({ headers }, response) => {
      asked.push(headers['accept-encoding']);
      response.end();
    });
    await scrape(url);
    // Leads to this machine too, but does not say so.
    await scrape(url.replace('127.0.0.1', '0.0.0.0'));
    expect(asked).toEqual([undefined, 'gzip']);
  });

  test('gzip is asked for on the loopback, too, where the answers of many targets come at once', async () => {
    const asked: unknown[] = [];
    const url = await serve(({ headers }, response) => {
      asked.push(headers['accept-encoding']);
      response.end();
    });
    for (const targets of [100, 101]) {
      const own = createScraper({ clock, maxBytes, targets: () => targets });
      onTestFinished(() => own.close());
      await own.scrape({ name: 't', node: 'n', url, role: 'daemon' }, { deadline: clock() + 5 });
    }
    expect(asked).toEqual([undefined, 'gzip']);
  });

  test.each([1, 101])(
    'may be compressed; its bytes are those it decompresses to (%d targets)',
    async (targets) => {
      const text = 'up{pod="ä"} 1\n'.repeat(1000);
      const url = await serve((_, response) => {
        response.setHeader('Content-Encoding', 'gzip').end(gzipSync(text));
      });
      const own = createScraper({ clock, maxBytes, targets: () => targets });
      onTestFinished(() => own.close());
      const target = { name: 't', node: 'n', url, role: 'daemon' } as const;
      const results = await Promise.all(
        Array.from({ length: 30 }, () => own.scrape(target, { deadline: clock() + 5 })),
      );
      for (const result of results) {
        expect(await bodyOf(result)).toBe(text);
        expect(result.bytes).toBe(15_000);
      }
    },
  );

  test('what is no gzip is found when it is read, also where there are many targets', async () => {
    const url = await serve((_, response) => {
      response.setHeader('Content-Encoding', 'gzip').end(Buffer.alloc(100));
    });
    const own = createScraper({ clock, maxBytes, targets: () => 101 });
    onTestFinished(() => own.close());
    const result = await own.scrape({ name: 't', node: 'n', url, role: 'daemon' }, { deadline: clock() + 5 });
    await expect(bodyOf(result)).rejects.toThrow(/^broken: the body cannot be decompressed: /);
  });

  test('may be compressed in parts, of which its end tells only the last', async () => {
    const parts = [gzipSync('up 1\n'.repeat(1000)), gzipSync('up 2\n')];
    const url = await serve((_, response) => {
      response.setHeader('Content-Encoding', 'gzip').end(Buffer.concat(parts));
    });
    const result = await scrape(url);
    expect(await bodyOf(result)).toBe(`${'up 1\n'.repeat(1000)}up 2\n`);
    expect(result.bytes).toBe(5005);
  });

  test('the next request goes over the same connection', async () => {
    const ports: (number | undefined)[] = [];
    const url = await serve(({ socket }, response) => {
      ports.push(socket.remotePort);
      response.end('up 1\n');
    });
    await scrape(url);
    // The connection is free again one turn of the event loop after its answer.
    await nextTurn();
    await scrape(url);
    expect(ports).toHaveLength(2);
    expect(ports[0]).toBe(ports[1]);
  });

  test('a connection that was closed meanwhile costs no scrape', async () => {
    let connections = 0;
    let dropped = 0;
    const url = await serveRaw((socket) => {
      connections++;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup 1\n');
      // The next request on this connection finds it closed, without a word before.
      socket.once('data', () => {
        dropped++;
        socket.resetAndDestroy();
      });
    });
    expect(await scrape(url)).toMatchObject({ up: true });
    await nextTurn();
    expect(await scrape(url)).toMatchObject({ up: true });
    expect([connections, dropped]).toEqual([2, 1]);
  });
});

describe('what fails is one line that says why', () => {
  test('nobody listens', async () => {
    const port = await freePort();
    expect(await errorOf(`http://127.0.0.1:${port}/metrics`)).toBe(
      `refused: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    expect(await errorOf(`http://localhost:${port}/metrics`)).toMatch(/^refused: connect ECONNREFUSED /);
  });

  test('there is no such name', async () => {
    expect(await errorOf('http://no-such-host.invalid/metrics')).toMatch(/^unreachable: getaddrinfo /);
  });

  test('the address is none', async () => {
    expect(await errorOf('nonsense')).toBe('broken: Invalid URL');
  });

  test.each([500, 503, 404, 204])('status %d', async (status) => {
    const url = await serve((_, response) => response.writeHead(status).end());
    expect(await errorOf(url)).toBe(`status: ${status}`);
  });

  test('a redirect is not followed', async () => {
    let followed = false;
    const elsewhere = await serve((_, response) => {
      followed = true;
      response.end('up 1\n');
    });
    const url = await serve((_, response) => response.writeHead(302, { location: elsewhere }).end());
    expect(await errorOf(url)).toBe('status: 302');
    expect(followed).toBe(false);
  });

  test('no answer by the deadline', async () => {
    const url = await serve(() => undefined);
    const deadline = clock() + 0.2;
    expect(await errorOf(url, deadline)).toBe('timeout: no answer by the deadline');
    expect(clock() - deadline).toBeLessThan(1);
  });

  test('the deadline has passed', async () => {
    const url = await serve(() => undefined);
    expect(await errorOf(url, clock() - 1)).toBe('timeout: no answer by the deadline');
  });

  test('an answer that drips', async () => {
    const url = await serve((_, response) => {
      response.flushHeaders();
      const timer = setInterval(() => response.write('up 1\n'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const deadline = clock() + 0.3;
    expect(await errorOf(url, deadline)).toMatch(
      /^timeout: the answer was not complete by the deadline, \d+ bytes had come$/,
    );
    expect(clock() - deadline).toBeLessThan(1);
  });

  test('a body without end', async () => {
    const url = await serve((_, response) => {
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', write);
      write();
    });
    expect(await errorOf(url)).toBe('too_large: the body has more than 100000 bytes');
  });

  test('a body that decompresses to too much', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(maxBytes);
    const url = await serve((_, response) => response.setHeader('Content-Encoding', 'gzip').end(bomb));
    expect(await errorOf(url)).toBe('too_large: the body has more than 100000 bytes');
  });

  test('half of a compressed body', async () => {
    const half = gzipSync('up 1\n'.repeat(1000)).subarray(0, 30);
    const url = await serve((_, response) => response.setHeader('Content-Encoding', 'gzip').end(half));
    expect(await errorOf(url)).toBe('broken: the body cannot be decompressed: unexpected end of file');
  });

  test('half of a compressed body that seems to be small is found when it is read', async () => {
    const half = gzipSync('up 1\n'.repeat(1000)).subarray(0, 30);
    const body = Buffer.concat([half, Buffer.alloc(4)]);
    const url = await serve((_, response) => response.setHeader('Content-Encoding', 'gzip').end(body));
    const result = await scrape(url);
    await expect(bodyOf(result)).rejects.toThrow(/^broken: the body cannot be decompressed: /);
  });

  test('an encoding that was not asked for', async () => {
    const url = await serve((_, response) => response.setHeader('Content-Encoding', 'br').end('x'));
    expect(await errorOf(url)).toBe('broken: the body is encoded as br, which was not asked for');
  });

  test.each([
    ['Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nup 1\n'],
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nup 1\n\r\n'],
  ])('half a body (%s)', async (_, text) => {
    const url = await serveRaw((socket) => socket.end(text));
    expect(await errorOf(url)).toMatch(/^broken: /);
  });

  test.each(['', 'SSH-2.0-OpenSSH_9.2\r\n', 'HTTP/1.1 200 OK\r\nX: y'])(
    'a connection that ends after %j',
    async (text) => {
      const url = await serveRaw((socket) => socket.end(text));
      expect(await errorOf(url)).toMatch(/^broken: /);
    },
  );

  test('a head without end', async () => {
    const url = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${'X-Y: z\r\n'.repeat(10_000)}`);
    });
    expect(await errorOf(url)).toMatch(/^broken: /);
  });

  test('a clock that is none', async () => {
    const url = await serve((_, response) => response.setHeader('X-Kubemon-Clock', 'noon').end('up 1\n'));
    expect(await scrape(url)).not.toHaveProperty('exporterClock');
  });
});

test('a scraper that is closed ends what is under way', async () => {
  const other = createScraper({ clock, maxBytes });
  let arrived: (() => void) | undefined;
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const url = await serve(() => arrived?.());
  const result = other.scrape({ name: 't', node: '', url, role: 'further' }, { deadline: clock() + 5 });
  await arrival;
  await other.close();
  expect(await result).toMatchObject({ up: false, error: 'broken: The client is destroyed' });
});

test('sockets and memory of failed scrapes are given back', async () => {
  const own = createScraper({ clock, maxBytes });
  const behaviours = [
    'HTTP/1.1 500 no\r\nContent-Length: 100000\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n',
    `HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n${'x'.repeat(80_000)}`,
    'nonsense',
  ];
  const open = new Set<Socket>();
  let said = 0;
  const url = await serveRaw((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.write(behaviours[said++ % behaviours.length] ?? '');
  });
  const target = { name: 't', node: 'n', url, role: 'daemon' } as const;
  for (let round = 0; round < 250; round++) {
    const scrapes = behaviours.map(() => own.scrape(target, { deadline: clock() + 0.02 }));
    expect((await Promise.all(scrapes)).filter(({ up }) => up)).toEqual([]);
  }
  expect(said).toBeGreaterThan(500);
  await until('all connections are closed', () => open.size === 0, 5);
  await own.close();
}, 60_000);

test('heads below 200 without end', async () => {
  const url = await serveRaw((socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)));
  expect(await errorOf(url)).toBe('broken: more than 10 heads with a status below 200');
});

test('when all bodies together are too large, the largest gives way', async () => {
  const own = createScraper({ clock, maxBytes });
  const url = await serveRaw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
    socket.write('#'.repeat(90_000));
  });
  const small = await serve((_, response) => response.end('up 1\n'));
  const scrapeOf = (each: string) =>
    own.scrape({ name: 't', node: 'n', url: each, role: 'further' }, { deadline: clock() + 1 });
  const results = await Promise.all([...Array.from({ length: 6 }, () => scrapeOf(url)), scrapeOf(small)]);
  expect(results.at(-1)).toMatchObject({ up: true });
  const evicted = results.filter(
    (each) => !each.up && each.error.includes('400000 bytes together, and this is the largest'),
  );
  expect(evicted).toHaveLength(2);
  await own.close();
});
