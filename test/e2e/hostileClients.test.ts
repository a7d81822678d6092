import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RecorderClient } from '../../recorder/index.ts';
import { fixtureMachine } from '../recorder/cli/fixtureMachine.ts';
import { freePort } from '../support/freePort.ts';
import { type Kubemon, startKubemon } from '../support/kubemon.ts';
import { until } from '../support/until.ts';

/** Bytes of memory that either server may have while it is beset. */
const memory = 400e6;
/** Longer than any patience of the servers, in seconds. */
const siege = 45;

let folder: string;
let exporter: Kubemon;
let recorder: Kubemon;
let ports: { readonly exporter: number; readonly recorder: number };
let client: RecorderClient;
const attackers = new Set<Socket>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kubemon-hostile-'));
  ports = { exporter: await freePort(), recorder: await freePort() };
  exporter = startKubemon(['exporter'], {
    ...fixtureMachine,
    LISTEN_ADDRESS: '127.0.0.1',
    MONITOR_PORT: String(ports.exporter),
  });
  recorder = startKubemon(['recorder'], {
    RECORDER_PORT: String(ports.recorder),
    OUTPUT_DIR: folder,
    TARGETS: `fixture=http://127.0.0.1:${ports.exporter}/metrics`,
  });
  client = new RecorderClient({ host: `127.0.0.1:${ports.recorder}` });
  await until('the exporter is connected', () =>
    client.daemons().then(
      ({ connected }) => connected === 1,
      () => false,
    ),
  );
  // A run whose download does not fit into the buffers of a connection.
  await client.start('big', { interval: 0.5 });
  await client.stop();
  appendFileSync(join(folder, 'big', 'node.csv'), randomBytes(50_000_000));
});

afterAll(async () => {
  for (const socket of attackers) socket.destroy();
  await Promise.all([exporter.stop(), recorder.stop()]);
  rmSync(folder, { recursive: true });
});

/** A client that says this and never reads. */
function attack(port: number, said = ''): Socket {
  const socket = connect(port, '127.0.0.1').pause();
  attackers.add(socket);
  socket.on('error', () => undefined).once('close', () => attackers.delete(socket));
  socket.write(said);
  return socket;
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** Every kind of bad client, each several times. */
function besiege(): void {
  for (let count = 0; count < 300; count += 1) {
    attack(ports.exporter);
    attack(ports.recorder);
  }
  for (let count = 0; count < 30; count += 1) {
    attack(ports.exporter, get('/metrics').repeat(100));
    attack(ports.exporter, get('/metrics').repeat(4));
    attack(ports.recorder, get('/runs/big/node.csv'));
    attack(ports.recorder, get('/runs/big.tar.gz'));
    attack(ports.recorder, get('/events'));
    attack(ports.recorder, 'POST /marks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n{');
    drip(attack(ports.exporter, 'GET /metrics HTTP/1.1\r\n'));
    drip(attack(ports.recorder, 'GET /status HTTP/1.1\r\n'));
  }
}

function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write('X-More: 1\r\n'), 500);
  socket.once('close', () => clearInterval(timer));
}

function sockets({ pid }: Kubemon): number {
  const descriptors = `/proc/${pid}/fd`;
  return readdirSync(descriptors).filter((fd) => {
    try {
      return readlinkSync(join(descriptors, fd)).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

function resident({ pid }: Kubemon): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** Milliseconds that an answer took to come whole, on a new connection. */
async function answerTime(port: number, path: string): Promise<number> {
  const began = performance.now();
  const dispatcher = new Agent();
  const { statusCode, body } = await request(`http://127.0.0.1:${port}${path}`, { dispatcher });
  await body.text();
  await dispatcher.close();
  expect([path, statusCode]).toEqual([path, 200]);
  return performance.now() - began;
}

test('clients of all bad kinds at once delay nobody, and are cut off', { timeout: 180_000 }, async () => {
  const before = { exporter: sockets(exporter), recorder: sockets(recorder) };
  await client.start('beset', { interval: 1 });
  besiege();
  const times: number[] = [];
  const residents: number[] = [];
  for (const end = Date.now() + siege * 1000; Date.now() < end; await sleep(500)) {
    times.push(await answerTime(ports.exporter, '/metrics?collect[]=node'));
    times.push(await answerTime(ports.recorder, '/metrics'));
    residents.push(resident(exporter), resident(recorder));
  }
  const { manifest } = await client.run((await client.stop()).run);
  process.stdout.write(
    `Beset: an answer in ${median(times).toFixed(0)} ms (median), ${Math.max(...times).toFixed(0)} ms (max), ` +
      `${(Math.max(...residents) / 1e6).toFixed(0)} MB at most.\n`,
  );
  expect(median(times)).toBeLessThan(1000);
  expect(Math.max(...residents)).toBeLessThan(memory);
  expect(manifest.ticks).toMatchObject({ dropped: 0 });
  expect(manifest.daemons).toMatchObject([{ name: 'fixture' }]);
  expect(
    manifest.verdict.reasons.filter((reason) => /(refused|status|broken|unreachable)/.test(reason)),
  ).toEqual([]);
  // Streams of events go on while their few bytes find room in the buffers of the connection.
  await until(
    'the others are cut off',
    () => sockets(exporter) <= before.exporter + 5 && sockets(recorder) <= before.recorder + 35,
    60,
  );
});

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
