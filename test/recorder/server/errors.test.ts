import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Koa from 'koa';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { requireWritable } from '../../../recorder/control/space.ts';
import { answerErrors } from '../../../recorder/server/errors.ts';
import { closeAfterEach } from '../run/closing.ts';

const later = closeAfterEach();

/** A server of which every path needs that folder, or does what `act` does, and what it logs. */
async function serve(act: () => Promise<void>) {
  const logged: unknown[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => logged.push(JSON.parse(line)) });
  const app = new Koa();
  app.use(answerErrors(log));
  app.use(async (ctx) => {
    await act();
    ctx.body = 'done';
  });
  const handle = app.callback();
  const server = createServer((request, response) => {
    void handle(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  later(() => {
    server.closeAllConnections();
    server.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = server.address() as AddressInfo;
  return { logged, call: async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status };
}

test('a probe that fails is logged when it begins to and when it ends, in one line that says what to do', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'kubemon-probe-'));
  later(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'data');
  const { logged, call } = await serve(() => requireWritable(folder));
  expect([await call('/readyz'), await call('/readyz'), await call('/readyz')]).toEqual([503, 503, 503]);
  const reason = `OUTPUT_DIR cannot be written: ENOENT: no such file or directory, access '${folder}'. Make the folder.`;
  const refused = (path: string) => ({ level: 50, path, status: 503, reason, msg: 'a call was refused' });
  expect(logged).toEqual([refused('/readyz')]);
  // Whoever starts a run is told each time.
  await call('/start/x');
  await call('/start/x');
  await mkdir(folder);
  expect([await call('/readyz'), await call('/readyz')]).toEqual([200, 200]);
  expect(logged.slice(1)).toEqual([
    refused('/start/x'),
    refused('/start/x'),
    { level: 30, path: '/readyz', msg: 'the call succeeds again' },
  ]);
});

test('what nobody expected is logged with its stack', async () => {
  const { logged, call } = await serve(() => Promise.reject(new Error('a bug')));
  expect(await call('/status')).toBe(500);
  expect(logged).toMatchObject([
    { msg: 'a call failed', err: { message: 'a bug', stack: expect.stringContaining(' at ') as unknown } },
  ]);
});
