import { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { makeImage } from './fleet.ts';
import { startStandIn } from './standIn.ts';
import { until } from './until.ts';

export interface Churn {
  /** Every id, with its births and deaths as Docker, or for stand-ins who made them, tells, in seconds since the epoch. */
  readonly lives: ReadonlyMap<string, { readonly born: readonly number[]; readonly died: readonly number[] }>;
  /** Of them, so many were Docker's own. */
  readonly ofDocker: number;
}

/** Of a second; each lives `secondsAlive`. */
export interface ChurnRate {
  readonly ofDocker: number;
  readonly standIns: number;
  readonly secondsAlive: number;
}

/** Has containers born and killed for so many seconds; resolves when the last one is gone. */
export async function churn(seconds: number, rate: ChurnRate): Promise<Churn> {
  const image = makeImage();
  const engine = new Docker({
    socketPath: process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock',
  });
  const lives = new Map<string, { born: number[]; died: number[] }>();
  const ids: string[] = [];
  const events = await followDocker(engine, ({ Action, Actor: { ID }, timeNano }) => {
    lives.get(ID)?.[Action === 'start' ? 'born' : 'died'].push(timeNano / 1e9);
  });

  async function liveByDocker(): Promise<void> {
    const container = await engine.createContainer({
      Image: image,
      Cmd: ['sleep', '1000'],
      HostConfig: { NetworkMode: 'none', LogConfig: { Type: 'none', Config: {} } },
    });
    ids.push(container.id);
    lives.set(container.id, { born: [], died: [] });
    await container.start();
    await sleep(rate.secondsAlive * 1000);
    await container.kill();
    await container.remove({ force: true });
  }

  async function liveAsStandIn(): Promise<void> {
    const standIn = await startStandIn();
    const life = { born: [now()], died: [] as number[] };
    lives.set(standIn.id, life);
    await sleep(rate.secondsAlive * 1000);
    life.died.push(now());
    await standIn.end();
  }

  /** On a machine that cannot keep up some are not started: one at a time, and none after the end. */
  async function everySoOften(perSecond: number, live: () => Promise<void>): Promise<void> {
    const running: Promise<void>[] = [];
    const start = Date.now();
    for (let count = 0; Date.now() < start + seconds * 1000; count++) {
      running.push(live());
      await sleep(Math.max(0, start + ((count + 1) * 1000) / perSecond - Date.now()));
    }
    await Promise.all(running);
  }

  try {
    await Promise.all([
      everySoOften(rate.ofDocker, liveByDocker),
      everySoOften(rate.standIns, liveAsStandIn),
    ]);
    await until('Docker has told every death', () => ids.every((id) => lives.get(id)?.died.length === 1));
  } finally {
    events.destroy();
    // Where something failed, some are left.
    await Promise.allSettled(
      ids.map(async (id) => {
        await engine.getContainer(id).remove({ force: true });
      }),
    );
  }
  return { lives, ofDocker: ids.length };
}

function now(): number {
  return Date.now() / 1000;
}

/** As they happen: of what was, Docker remembers but 256 events. */
async function followDocker(engine: Docker, tell: (event: DockerEvent) => void): Promise<IncomingMessage> {
  const filters = { type: ['container' as const], event: ['start', 'die'] };
  const stream = await engine.getEvents({ filters });
  if (!(stream instanceof IncomingMessage)) throw new TypeError('Docker gave no stream of events.');
  createInterface(stream).on('line', (line) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Docker's own
    tell(JSON.parse(line) as DockerEvent);
  });
  return stream;
}

interface DockerEvent {
  readonly Action: 'start' | 'die';
  readonly Actor: { readonly ID: string };
  readonly timeNano: number;
}
