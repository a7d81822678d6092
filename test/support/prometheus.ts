import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { answers, until } from './until.ts';

export interface Prometheus {
  /** The instant vector of an expression of PromQL, now or at a time (seconds since the epoch). Throws on an error in it. */
  query(expression: string, time?: number): Promise<readonly QueriedSample[]>;
  /** All samples of a range selector's first series up to a time, in seconds since the epoch. */
  samples(rangeSelector: string, time: number): Promise<readonly QueriedSample['value'][]>;
  /** The names of all labels. */
  labels(): Promise<readonly string[]>;
  /** All that it has logged of level warn and above. */
  log(): string;
  stop(): Promise<void>;
}

export interface QueriedSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** The real Prometheus, scraping host:port every two seconds. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  return startPrometheusWith(
    `scrape_configs: [{ job_name: kubemon, scrape_interval: 2s, static_configs: [{ targets: ['${target}'] }] }]\n`,
  );
}

/** The real Prometheus with that configuration file. */
export async function startPrometheusWith(configuration: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  const address = `127.0.0.1:${await freePort()}`;
  writeFileSync(config, configuration);
  const server = spawn('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    '--log.level=warn',
  ]);
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (part: string) => {
    log += part;
  });
  async function stop(): Promise<void> {
    server.kill('SIGTERM');
    await once(server, 'close');
    rmSync(folder, { recursive: true });
  }
  try {
    await until('Prometheus is ready', () => answers(`http://${address}/-/ready`));
  } catch (error) {
    await stop();
    throw error;
  }
  async function ask<Result>(expression: string, time = Date.now() / 1000): Promise<readonly Result[]> {
    const parameters = new URLSearchParams({ query: expression, time: String(time) });
    const answer = await fetch(`http://${address}/api/v1/query?${parameters.toString()}`);
    if (!answer.ok) throw new Error(`Prometheus refuses ${expression}: ${await answer.text()}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what its API documents
    return ((await answer.json()) as { data: { result: readonly Result[] } }).data.result;
  }
  return {
    query: ask<QueriedSample>,
    samples: async (rangeSelector, time) => {
      const [series] = await ask<{ readonly values: readonly QueriedSample['value'][] }>(rangeSelector, time);
      return series?.values ?? [];
    },
    labels: async () => {
      const answer = await fetch(`http://${address}/api/v1/labels`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what its API documents
      return ((await answer.json()) as { data: readonly string[] }).data;
    },
    log: () => log,
    stop,
  };
}
