import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { watchDocker } from '../../../exporter/source/docker.ts';
import { dockerHost } from '../../../exporter/source/dockerHost.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { startDockerd } from './privateDockerd.ts';
import { recordedLog } from './recordedLog.ts';

// A Docker of a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const soon = { timeout: 30_000, interval: 20 };
const folder = mkdtempSync(join(tmpdir(), 'source-docker-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a socket that is not there is a reason, said once, and tried again until something is there', async () => {
  const path = join(folder, 'late.sock');
  const { log, lines } = recordedLog();
  const names = watchDocker({ host: dockerHost(`unix://${path}`), log });
  onTestFinished(() => names.close());
  const absent = `There is no Docker socket at unix://${path}: containers of Docker are shown without names. Set DOCKER_HOST if it is elsewhere.`;
  await expect.poll(() => names.reason, soon).toBe(absent);
  expect(names.available).toBe(false);

  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined).end('HTTP/1.1 500 Broken\r\ncontent-length: 2\r\n\r\n{}');
  }).listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  await expect.poll(() => connections, soon).toBeGreaterThan(1);
  await expect.poll(() => names.reason, soon).toMatch(/does not tell its containers: .*500/);
  expect([names.available, ...lines]).toEqual([false, `info ${absent}`]);
});

test('a port where nothing listens is a reason', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  server.close();
  await once(server, 'close');
  const names = watchDocker({ host: dockerHost(`tcp://127.0.0.1:${port}`), log: recordedLog().log });
  onTestFinished(() => names.close());
  const reason = `Nothing listens at tcp://127.0.0.1:${port}: start Docker, or set DOCKER_HOST.`;
  await expect.poll(() => names.reason, soon).toBe(reason);
});

test('attempts that fail half way, and a close, leave no connection behind', async () => {
  let lists = 0;
  const server = createHttpServer((request, response) => {
    if (request.url?.startsWith('/events?')) {
      response.flushHeaders();
      return;
    }
    lists += 1;
    response.statusCode = lists < 3 ? 500 : 200;
    response.end('[]');
  }).listen(join(folder, 'half.sock'));
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const names = watchDocker({ host: dockerHost(`unix://${folder}/half.sock`), log: recordedLog().log });
  onTestFinished(() => names.close());
  await vi.waitUntil(() => names.available, soon);
  const count = promisify(server.getConnections.bind(server));
  // The events of now; the answer of the list may keep its connection for the next request.
  await vi.waitUntil(async () => (await count()) <= 2, soon);
  names.close();
  server.closeIdleConnections();
  await vi.waitUntil(async () => (await count()) === 0, soon);
  expect(lists).toBe(3);
});

describeWith([needs.root, needs.docker, needs.dockerd], 'a dockerd that is restarted', () => {
  test('is found again, and its containers of then are listed', async () => {
    const url = `unix://${join(folder, 'docker.sock')}`;
    const { log, lines } = recordedLog();
    const names = watchDocker({ host: dockerHost(url), log });
    onTestFinished(() => names.close());
    const first = await startDockerd(folder);
    onTestFinished(async () => first.stop());
    await vi.waitUntil(() => names.available, soon);
    const before = await first.run('before');
    await expect.poll(() => names.lookup(before)?.container, soon).toBe('before');

    await first.stop();
    await vi.waitUntil(() => !names.available, soon);
    expect(names.lookup(before)?.container).toBe('before');

    const second = await startDockerd(folder);
    onTestFinished(async () => second.stop());
    const after = await second.run('after');
    await vi.waitUntil(() => names.available, soon);
    await expect
      .poll(() => names.lookup(after), soon)
      .toMatchObject({ container: 'after', image: 'source:busybox' });
    expect(lines).toEqual([
      expect.stringMatching(/^info There is no Docker socket at /),
      `info Connected to Docker at ${url}.`,
      expect.stringMatching(/^warn /),
      `info Connected to Docker at ${url}.`,
    ]);
  });
});
