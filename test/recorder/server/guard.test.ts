import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closeAfterEach } from '../run/closing.ts';
import { loopbackRecorder } from '../run/loopbackRecorder.ts';
import { apiCall } from './apiCall.ts';

const later = closeAfterEach();

async function recorder(environment: Readonly<Record<string, string>> = {}) {
  const started = await loopbackRecorder({}, environment);
  later(started.close);
  return started;
}

/** fetch sets Host and Origin itself. */
function raw(port: number, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path: '/alive', headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

test.each([
  [{ host: 'localhost:9880' }, 200],
  [{ host: '10.1.2.3' }, 200],
  [{ host: '[::1]:9880' }, 200],
  [{ host: 'evil.example' }, 403],
  [{ host: 'localhost.evil.example' }, 403],
  [{ host: 'localhost:9880', origin: 'http://localhost:9880' }, 200],
  [{ host: 'localhost:9880', origin: 'http://evil.example' }, 403],
  [{ host: 'localhost:9880', origin: 'http://localhost:1234' }, 403],
  [{ host: 'localhost:9880', origin: 'null' }, 403],
])('a call with %j gets %d', async (headers, status) => {
  expect(await raw((await recorder()).port, headers)).toBe(status);
});

test('ALLOWED_HOSTS adds names', async () => {
  const { port } = await recorder({ ALLOWED_HOSTS: 'recorder.lab Master' });
  expect(await raw(port, { host: 'recorder.lab:9880' })).toBe(200);
  expect(await raw(port, { host: 'master' })).toBe(200);
  expect(await raw(port, { host: 'lab' })).toBe(403);
});

test('with a token every changing call needs it, with AUTH_ALL reading too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubemon-token-'));
  later(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'token'), 'secret\n');
  const token = { headers: { authorization: 'Bearer secret' } };
  const wrong = { headers: { authorization: 'Bearer secreT' } };

  const some = await recorder({ AUTH_TOKEN_FILE: join(folder, 'token') });
  expect(await apiCall(some.url, 'POST', '/stop')).toMatchObject({
    status: 401,
    body: { error: { code: 'unauthorized', message: expect.stringContaining('needs the token') as unknown } },
  });
  expect(await apiCall(some.url, 'POST', '/stop', wrong)).toMatchObject({
    status: 401,
    body: { message: 'The token is wrong.' },
  });
  expect((await apiCall(some.url, 'POST', '/stop', token)).status).toBe(409);
  expect((await apiCall(some.url, 'GET', '/status')).status).toBe(200);

  const all = await recorder({ AUTH_TOKEN_FILE: join(folder, 'token'), AUTH_ALL: 'true' });
  expect((await apiCall(all.url, 'GET', '/status')).status).toBe(401);
  expect((await apiCall(all.url, 'GET', '/status', token)).status).toBe(200);
  expect((await apiCall(all.url, 'GET', '/healthz')).status).toBe(200);
  // The page asks for the token itself, and tells nothing before it has it.
  expect((await fetch(all.url)).status).toBe(200);
  expect((await fetch(`${all.url}/page/page.js`)).status).toBe(200);
  expect((await fetch(`${all.url}/page/../status`)).status).toBe(401);
  expect((await apiCall(all.url, 'POST', '/')).status).toBe(401);
});
