import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { answers, until } from './until.ts';

export interface Prometheus {
  /** The instant vector of an expression of PromQL. */
  query(expression: string): Promise<readonly QueriedSample[]>;
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
  return {
    query: async (expression) => {
      const answer = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what its API documents
      const { data } = (await answer.json()) as { data: { result: readonly QueriedSample[] } };
      return data.result;
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
