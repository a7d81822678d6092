/**
 * The simulated daemons, as a process of their own: tells its parent their ports, and ends with it.
 * As the exporter does, they send status and clock on arrival and the body at the moment of `at`.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createWallClock } from '../../../exporter/serve/clock.ts';
import { leadOf } from '../../../recorder/run/schedule.ts';
import { portOf } from '../portOf.ts';
import { createBody } from './body.ts';
import { daemonAt } from './daemonAddress.ts';
import type { Arrival, FleetOptions, FleetStarted } from './daemonMessages.ts';

/** So many of them differ; all others show what one of these shows, so that making answers costs little. */
const differentBodies = 25;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own parent wrote it
const options = JSON.parse(process.argv[2] ?? '') as FleetOptions;
const { daemons, interval, compressed, addressed = false, late } = options;
/** Seconds behind a tick when the answers of the next are made: before they are asked for, and after the last were read. */
const makeAfter = Math.max(interval / 4, interval - leadOf(interval) - 1.5);
const clock = createWallClock();
const firstStep = Math.floor(clock() / interval);
const recorded = readFileSync(options.recorded, 'utf8');
const bodies = Array.from({ length: Math.min(daemons, differentBodies) }, (_, number) =>
  createBody(recorded, { ...options, number }),
);

type Scope = 'node' | 'all';

/** The answer of a step, made once for all that show it. */
interface Made {
  readonly step: number;
  readonly plain: Buffer;
  readonly gzip: Buffer;
}
const made = new Map<string, Made>();

function make(number: number, step: number, scope: Scope): Made {
  const key = `${scope} ${number}`;
  const last = made.get(key);
  if (last?.step === step) return last;
  const plain = Buffer.from(bodies[number]?.render(step - firstStep, step * interval, scope) ?? '');
  const next = { step, plain, gzip: gzipSync(plain, { level: 1 }) };
  made.set(key, next);
  return next;
}

interface Asked {
  readonly daemon: number;
  readonly gzip: boolean;
  readonly response: ServerResponse;
}

function send({ daemon, gzip, response }: Asked, step: number, scope: Scope): void {
  if (response.destroyed) return;
  const body = make(daemon % bodies.length, step, scope);
  response.end(gzip ? body.gzip : body.plain);
}

/** By the moment that they wait for. */
const waiting = new Map<number, Asked[]>();
let arrivals: Arrival[] = [];

function wait(at: number, asked: Asked): void {
  const others = waiting.get(at);
  if (others !== undefined) {
    others.push(asked);
    return;
  }
  waiting.set(at, [asked]);
  setTimeout(() => serve(at), Math.max(0, (at - clock()) * 1000));
}

function serve(at: number): void {
  const step = Math.round(at / interval);
  for (const asked of waiting.get(at) ?? []) {
    if (asked.daemon >= (late?.daemons ?? 0)) send(asked, step, 'all');
    else setTimeout(() => send(asked, step, 'all'), (late?.seconds ?? 0) * 1000);
  }
  waiting.delete(at);
  setTimeout(() => {
    for (const number of bodies.keys()) make(number, step + 1, 'all');
  }, makeAfter * 1000);
}

function answer(daemon: number, request: IncomingMessage, response: ServerResponse): void {
  const arrivedAt = clock();
  const { url = '', headers } = request;
  const gzip = compressed && headers['accept-encoding']?.includes('gzip') === true;
  const at = Number(/[?&]at=([\d.]+)/.exec(url)?.[1]);
  response.writeHead(200, {
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    'x-kubemon-clock': arrivedAt.toFixed(6),
    ...(gzip && { 'content-encoding': 'gzip' }),
  });
  response.flushHeaders();
  if (addressed) forgetProbes(daemon, Number.isNaN(at), request.socket);
  const asked = { daemon, gzip, response };
  if (Number.isNaN(at)) {
    send(asked, Math.floor(arrivedAt / interval), url.includes('collect') ? 'node' : 'all');
    return;
  }
  arrivals.push({ daemon, at, arrivedAt });
  wait(at, asked);
}

/** The connections by which daemons were asked for no moment: as a rule those of probes. */
const probed = new Map<number, Socket>();

/** A run brings connections of its own: with both, 10,000 daemons would have more than a process may have. */
function forgetProbes(daemon: number, isProbe: boolean, socket: Socket): void {
  if (isProbe) {
    probed.set(daemon, socket);
    return;
  }
  const other = probed.get(daemon);
  if (other !== socket) other?.destroy();
  probed.delete(daemon);
}

/** @returns the port. */
async function listen(address: string, listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  server.keepAliveTimeout = 600_000;
  server.listen({ host: address, port: 0, backlog: 4096 });
  await once(server, 'listening');
  return portOf(server);
}

/** The ports, one of each daemon. */
async function listenAll(): Promise<readonly number[]> {
  const numbers = Array.from({ length: daemons }, (_, daemon) => daemon);
  if (!addressed) {
    return Promise.all(
      numbers.map((daemon) => listen('127.0.0.1', (request, response) => answer(daemon, request, response))),
    );
  }
  const port = await listen('0.0.0.0', (request, response) =>
    answer(daemonAt(request.socket.localAddress ?? ''), request, response),
  );
  return numbers.map(() => port);
}

const ports = await listenAll();
const example = make(0, firstStep, 'all');
const started: FleetStarted = {
  ports,
  samplesPerScrape: bodies[0]?.samples ?? 0,
  bytesPerScrape: example.plain.length,
  bytesOnWire: example.gzip.length,
};
process.send?.(started);
process.on('message', () => {
  process.send?.(arrivals);
  arrivals = [];
});
process.once('disconnect', () => process.exit());
