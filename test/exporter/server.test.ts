import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startExporter } from '../../exporter/main.ts';
import { createWallClock } from '../../exporter/serve/clock.ts';
import { listen, type Listening } from '../../exporter/serve/listen.ts';
import { createLog, type Log } from '../../exporter/serve/log.ts';
import { readSettings } from '../../exporter/serve/settings.ts';
import { createApp } from '../../exporter/server.ts';
import { exporterSettings } from '../../exporter/settings.ts';
import { until } from '../support/until.ts';
import { fixtureMachine, settingsOf } from './machine.ts';
import { recordedLog } from './source/recordedLog.ts';

const clock = createWallClock();

function start(
  settings: Readonly<Record<string, string>> = {},
  log: Log = createLog('test', 'silent'),
): Promise<Listening> {
  const environment = {
    MONITOR_PORT: '0',
    LISTEN_ADDRESS: '127.0.0.1',
    ...settingsOf(fixtureMachine('v2')),
    ...settings,
  };
  return startExporter(readSettings(exporterSettings, {}, environment), log);
}

describe('an exporter of a machine made of files', () => {
  let exporter: Listening;
  let url: string;
  beforeAll(async () => {
    exporter = await start();
    url = `http://127.0.0.1:${exporter.port}`;
    // Until it is known that there is no Docker, containers are held back for their names.
    await vi.waitUntil(async () =>
      (await (await request(`${url}/metrics`)).body.text()).includes('_container_pids'),
    );
  });
  afterAll(() => exporter.close());

  test('shows node, containers and processes, and itself', async () => {
    const { statusCode, headers, body } = await request(`${url}/metrics`);
    const text = await body.text();
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toMatch(/^kubemon_node_load1 /m);
    expect(text).toMatch(/^kubemon_container_pids\{/m);
    expect(text).toMatch(/^kubemon_process_threads\{/m);
    expect(text).toMatch(/^kubemon_exporter_collector_success\{collector="process"\} 1$/m);
    expect(text).toMatch(
      /^kubemon_exporter_unavailable\{metric="kubemon_node_syscalls_total",reason="disabled"\} 1$/m,
    );
    expect(text).toMatch(/^process_cpu_seconds_total /m);
  });

  test('collect[] narrows it', async () => {
    const text = await (await request(`${url}/metrics?collect[]=node&collect[]=process`)).body.text();
    expect(text).toMatch(/^kubemon_node_/m);
    expect(text).toMatch(/^kubemon_process_/m);
    expect(text).not.toMatch(/^kubemon_container_/m);
  });

  test('tells its clock, and sends status and headers before it waits for the moment', async () => {
    const at = clock() + 0.4;
    const before = clock();
    const { statusCode, headers, body } = await request(`${url}/metrics?at=${at}`);
    const after = clock();
    expect(statusCode).toBe(200);
    expect(after).toBeLessThan(at);
    expect(Number(headers['x-kubemon-clock'])).toBeGreaterThan(before - 0.001);
    expect(Number(headers['x-kubemon-clock'])).toBeLessThan(after + 0.001);
    const collected = /^kubemon_exporter_collected_timestamp_seconds (.+)$/m.exec(await body.text())?.[1];
    expect(Number(collected)).toBeGreaterThanOrEqual(Number(at.toFixed(6)) - 0.000_001);
  });

  test.each([
    ['at=soon', 'at must be one number, seconds since the epoch.'],
    ['at=1&at=2', 'at must be one number, seconds since the epoch.'],
    ['collect[]=disk', 'collect[] is "disk", but it must be one of node, container, process.'],
  ])('refuses ?%s with 400 and a sentence', async (query, sentence) => {
    const { statusCode, body } = await request(`${url}/metrics?${query}`);
    expect(await body.text()).toBe(`${sentence}\n`);
    expect(statusCode).toBe(400);
  });

  test('answers whatever the Host header says', async () => {
    const answer = await request(`${url}/metrics?collect[]=node`, { headers: { host: 'not a host' } });
    expect(await answer.body.text()).toMatch(/^kubemon_node_load1 /m);
    expect(answer.statusCode).toBe(200);
  });

  test('does not wait for longer than 5 s, and tells its clock, which may be the reason', async () => {
    const { statusCode, headers, body } = await request(`${url}/metrics?at=${clock() + 6}`);
    expect(Math.abs(Number(headers['x-kubemon-clock']) - clock())).toBeLessThan(1);
    expect(await body.text()).toMatch(
      /^at is [56]\.\d+ s ahead of this machine's clock .* at most 5 s are waited for\.\n$/,
    );
    expect(statusCode).toBe(400);
  });

  test('compresses where it is asked to', async () => {
    const headers = { 'accept-encoding': 'gzip' };
    const answer = await request(`${url}/metrics`, { headers });
    expect(answer.headers['content-encoding']).toBe('gzip');
    const text = gunzipSync(Buffer.from(await answer.body.arrayBuffer())).toString();
    expect(text).toMatch(/^kubemon_node_load1 /m);
  });

  test('speaks OpenMetrics to those who prefer it', async () => {
    const headers = { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5' };
    const answer = await request(`${url}/metrics`, { headers });
    const text = await answer.body.text();
    expect(answer.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text).toMatch(/^# TYPE kubemon_node_forks counter$/m);
    expect(text).toMatch(/^kubemon_node_forks_total \d+$/m);
    expect(text.match(/# EOF/g)).toHaveLength(1);
    expect(text).toMatch(/\n# EOF\n$/);
  });

  test('tells of /metrics without sending it', async () => {
    const { statusCode, headers, body } = await request(`${url}/metrics`, { method: 'HEAD' });
    expect([statusCode, await body.text()]).toEqual([200, '']);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  test('answers /healthz, leads a person from / to /metrics, and has nothing else', async () => {
    expect(await (await request(`${url}/healthz`)).body.text()).toBe('ok\n');
    const page = await request(url);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(await page.body.text()).toContain('href="/metrics"');
    expect((await request(`${url}/nothing`)).statusCode).toBe(404);
    expect((await request(`${url}/metrics`, { method: 'POST' })).statusCode).toBe(405);
  });
});

const nothing = { collectedAt: 0, seconds: 0, tables: [], infos: [], collectors: [], unavailable: [] };

describe('a server of which one scrape at a time may be under way', () => {
  let finish: (text: string) => void;
  let server: Listening;
  let url: string;
  beforeAll(async () => {
    const app = createApp({
      collectAt: (_, at) => (at === undefined ? nothing : new Promise(() => {})),
      render: async function* render() {
        yield await new Promise<string>((resolve) => {
          finish = resolve;
        });
      },
      clock,
      maxConcurrentScrapes: 1,
      version: '0',
      log: createLog('test', 'silent'),
    });
    server = await listen(app, { port: 0, address: '127.0.0.1' });
    url = `http://127.0.0.1:${server.port}/metrics`;
  });
  afterAll(() => server.close());

  test('refuses a second one with 503; one that waits for its moment does not count', async () => {
    const waiting = await request(`${url}?at=${clock() + 4}`);
    const first = await request(url);
    const second = await request(url);
    expect([waiting.statusCode, first.statusCode, second.statusCode]).toEqual([200, 200, 503]);
    expect(await second.body.text()).toBe(
      '1 scrapes are under way, and MAX_CONCURRENT_SCRAPES allows no more: try again later.\n',
    );
    finish('done\n');
    expect(await first.body.text()).toBe('done\n');
    const third = await request(url);
    expect(third.statusCode).toBe(200);
    finish('again\n');
    await third.body.text();
    waiting.body.destroy();
  });
});

test('an answer is told whether another one is on its way', async () => {
  const alone: boolean[] = [];
  const finish: (() => void)[] = [];
  const app = createApp({
    collectAt: () => nothing,
    render: async function* render(_snapshot, _request, isAlone) {
      alone.push(isAlone());
      await new Promise<void>((resolve) => {
        finish.push(resolve);
      });
      yield 'done\n';
    },
    clock,
    maxConcurrentScrapes: 3,
    version: '0',
    log: createLog('test', 'silent'),
  });
  const server = await listen(app, { port: 0, address: '127.0.0.1' });
  onTestFinished(server.close);
  const url = `http://127.0.0.1:${server.port}/metrics`;
  const first = await request(url);
  const second = await request(url);
  await vi.waitUntil(() => finish.length === 2);
  for (const end of finish) end();
  for (const { body } of [first, second]) expect(await body.text()).toBe('done\n');
  const third = await request(url);
  await vi.waitUntil(() => finish.length === 3);
  finish.at(-1)?.();
  await third.body.text();
  expect(alone).toEqual([true, false, true]);
});

test('at most 100 requests wait for their moment', async () => {
  const exporter = await start();
  onTestFinished(() => exporter.close());
  const url = `http://127.0.0.1:${exporter.port}/metrics`;
  const at = clock() + 4;
  const waiting = await Promise.all(Array.from({ length: 100 }, () => request(`${url}?at=${at}`)));
  expect(waiting.map(({ statusCode }) => statusCode)).toEqual(Array(100).fill(200));
  const refused = await request(`${url}?at=${at}`);
  expect([refused.statusCode, await refused.body.text()]).toEqual([
    503,
    '100 requests wait for their moment, and no more may: try again later.\n',
  ]);
  // Whoever does not wait is served.
  expect(await (await request(url)).body.text()).toContain('kubemon_node_load1');
  for (const { body } of waiting) body.destroy();
});

test('scrapers that do not read hold their slots for a while, not for ever', async () => {
  const whole = 'endless 1\n'.repeat(100_000);
  const app = createApp({
    collectAt: () => nothing,
    render: async function* render() {
      for (;;) yield await Promise.resolve(whole);
    },
    clock,
    maxConcurrentScrapes: 3,
    sendTime: 0.5,
    version: '0',
    log: createLog('test', 'silent'),
  });
  const server = await listen(app, { port: 0, address: '127.0.0.1' });
  onTestFinished(server.close);
  const url = `http://127.0.0.1:${server.port}/metrics`;
  const stalled = await Promise.all([request(url), request(url), request(url)]);
  expect((await request(url)).statusCode).toBe(503);
  await until('there is room again', async () => {
    const { statusCode, body } = await request(url);
    body.on('error', () => undefined).destroy();
    return statusCode === 200;
  });
  for (const { body } of stalled) body.on('error', () => undefined).destroy();
});

test('with AUTH_TOKEN_FILE every call but /healthz needs the token', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'token'), 'open sesame\n');
  const exporter = await start({ AUTH_TOKEN_FILE: join(folder, 'token') });
  onTestFinished(() => exporter.close());
  const ask = async (path: string, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await request(`http://127.0.0.1:${exporter.port}${path}`, { headers });
    return [answer.statusCode, answer.headers['www-authenticate'], (await answer.body.text()).split('\n')[0]];
  };
  const missing = 'This call needs the token: Authorization: Bearer TOKEN.';
  expect(await ask('/metrics')).toEqual([401, 'Bearer', missing]);
  expect(await ask('/metrics?at=nonsense')).toEqual([401, 'Bearer', missing]);
  expect(await ask('/')).toEqual([401, 'Bearer', missing]);
  expect(await ask('/nothing')).toEqual([401, 'Bearer', missing]);
  expect(await ask('/metrics', 'Bearer open')).toEqual([401, 'Bearer', 'The token is wrong.']);
  expect((await ask('/metrics?collect[]=node', 'Bearer open sesame'))[0]).toBe(200);
  expect(await ask('/healthz')).toEqual([200, undefined, 'ok']);
});

test('a scraper that leaves before its moment makes room for the next, and is no error', async () => {
  const { log, lines } = recordedLog();
  const exporter = await start({ MAX_CONCURRENT_SCRAPES: '1' }, log);
  const url = `http://127.0.0.1:${exporter.port}/metrics`;
  const at = clock() + 0.2;
  const left = await request(`${url}?at=${at}`);
  left.body.destroy();
  const stayed = await request(`${url}?at=${at}`);
  expect(await stayed.body.text()).toContain('kubemon_node_load1');
  const next = await request(url);
  expect(await next.body.text()).toContain('kubemon_node_load1');
  expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
  await exporter.close();
});

test('a collection that fails ends the body abnormally, never as a short success', async () => {
  const app = createApp({
    collectAt: () => Promise.reject(new Error('the machine is on fire')),
    render: async function* render() {
      yield await Promise.resolve('');
    },
    clock,
    maxConcurrentScrapes: 1,
    version: '0',
    log: createLog('test', 'silent'),
  });
  const server = await listen(app, { port: 0, address: '127.0.0.1' });
  const { statusCode, body } = await request(`http://127.0.0.1:${server.port}/metrics`);
  expect(statusCode).toBe(200);
  await expect(body.text()).rejects.toThrow('other side closed');
  await server.close();
});

test('a cgroup tree that is not there is one sentence', async () => {
  await expect(start({ CGROUP_PATH: '/nowhere' })).rejects.toThrow(
    'The cgroup tree /nowhere cannot be listed (ENOENT). Mount it there, or set CGROUP_PATH to where it is.',
  );
});

test('a procfs that is not there is one sentence', async () => {
  await expect(start({ PROCFS_PATH: '/nowhere' })).rejects.toThrow(
    'PROCFS_PATH (--procfs-path) is "/nowhere", but it must be where procfs is mounted: there is no /nowhere/stat.',
  );
});

test('a port in use is an error that says so', async () => {
  const exporter = await start();
  await expect(start({ MONITOR_PORT: String(exporter.port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await exporter.close();
});
