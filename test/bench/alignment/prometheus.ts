import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/freePort.ts';
import { answers, until } from '../../support/until.ts';
import { findPrometheus } from '../prometheusProgram.ts';
import { collectedAtName, type Moment } from './moment.ts';

/** The real Prometheus, in a process of its own. */
export interface Prometheus {
  readonly version: string;
  /** What it has scraped from a moment on, in seconds since the epoch. */
  moments(from: number): Promise<readonly Moment[]>;
  stop(): Promise<void>;
}

interface Matrix {
  readonly data: {
    readonly result: readonly {
      readonly metric: { readonly instance: string };
      readonly values: readonly (readonly [time: number, value: string])[];
    }[];
  };
}

/** Resolves when it has scraped all targets. @param ports of the targets, on loopback. */
export async function startPrometheus(
  folder: string,
  ports: readonly number[],
  interval: number,
): Promise<Prometheus> {
  const program = findPrometheus();
  if (program === undefined) throw new Error('No prometheus on PATH tells its version.');
  const config = join(folder, 'prometheus.yml');
  const every = `${interval}s`;
  // JSON is YAML, too.
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: every, scrape_timeout: every },
      scrape_configs: [
        { job_name: 'kubemon', static_configs: [{ targets: ports.map((port) => `127.0.0.1:${port}`) }] },
      ],
    }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(
    program.path,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const ended = once(server, 'exit');
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
  };
  const moments = (from: number) => queryMoments(address, from, interval);
  try {
    const start = Date.now() / 1000;
    // It takes up its targets some five seconds after its start.
    await until('Prometheus scrapes all targets', async () => {
      if (server.exitCode !== null) throw new Error(`${program.path} ended before it scraped.`);
      if (!(await answers(`http://${address}/-/ready`))) return false;
      return new Set((await moments(start)).map(({ target }) => target)).size === ports.length;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { version: program.version, moments, stop };
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries, of a range vector */
async function queryMoments(address: string, from: number, interval: number): Promise<readonly Moment[]> {
  const range = Math.ceil(Date.now() / 1000 - from) + 1;
  const query = new URLSearchParams({ query: `${collectedAtName}[${range}s]` });
  const answer = await fetch(`http://${address}/api/v1/query?${query.toString()}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what its API documents
  const { data } = (await answer.json()) as Matrix;
  return data.result.flatMap(({ metric: { instance }, values }) => {
    const told = values.filter(([timestamp]) => timestamp >= from);
    // Each target has turns of its own in the interval.
    const first = told[0]?.[0] ?? 0;
    return told.map(([timestamp, value]) => ({
      target: instance,
      tick: Math.round((timestamp - first) / interval),
      timestamp,
      collectedAt: Number(value),
    }));
  });
}
