import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/freePort.ts';
import { answers, until } from '../../support/until.ts';
import { processUse } from '../processUse.ts';
import type { PrometheusProgram } from '../prometheusProgram.ts';
import { daemonName, type Fleet } from './fleet.ts';

/** What Prometheus needs for the same targets. */
export interface PrometheusCost {
  /** While it was measured. */
  readonly samples: number;
  /** Seconds, bytes. */
  readonly cpu: number;
  readonly highest: number;
  /** Of the write-ahead log. */
  readonly walBytesPerSample: number;
  /** Of a block made of what it holds in memory: chunks and index. */
  readonly blockBytesPerSample: number;
  readonly indexBytesPerSample: number;
  readonly samplesPerSeries: number;
}

/** @param seconds that it is measured for, after `warming` seconds. */
export async function measurePrometheus(
  program: PrometheusProgram,
  fleet: Fleet,
  folder: string,
  { interval, warming, seconds }: { interval: number; warming: number; seconds: number },
): Promise<PrometheusCost> {
  mkdirSync(folder, { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'prometheus.yml');
  const data = join(folder, 'data');
  writeFileSync(config, configuration(fleet, interval));
  const server = spawn(
    program.path,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=${address}`,
      '--web.enable-admin-api',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const ended = once(server, 'exit');
  const pid = server.pid ?? Number.NaN;
  const appended = () => metric(address, 'prometheus_tsdb_head_samples_appended_total');
  try {
    await until('Prometheus is ready', () => answers(`http://${address}/-/ready`));
    await until('Prometheus has scraped', async () => (await appended()) > 0);
    await sleep(warming * 1000);
    const before = { use: processUse(pid), samples: await appended() };
    await sleep(seconds * 1000);
    const after = { use: processUse(pid), samples: await appended() };
    const walBytes = sizeOf(join(data, 'wal'));
    const series = await metric(address, 'prometheus_tsdb_head_series');
    const block = await snapshot(address, data);
    return {
      samples: after.samples - before.samples,
      cpu: after.use.cpu - before.use.cpu,
      highest: after.use.highest,
      walBytesPerSample: walBytes / after.samples,
      blockBytesPerSample: sizeOf(block) / after.samples,
      indexBytesPerSample: statSync(join(block, 'index')).size / after.samples,
      samplesPerSeries: after.samples / series,
    };
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

function configuration({ addresses }: Fleet, interval: number): string {
  const targets = addresses.map(
    (address, daemon) => `      - { targets: ['${address}'], labels: { node: '${daemonName(daemon)}' } }\n`,
  );
  return `scrape_configs:
  - job_name: kubemon
    scrape_interval: ${interval}s
    scrape_timeout: ${interval}s
    static_configs:
${targets.join('')}`;
}

async function metric(address: string, name: string): Promise<number> {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  const values = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
  // One with a label, as the type of samples, is not there before it counts.
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}

/** The folder of the block that it makes of its head. https://prometheus.io/docs/prometheus/latest/querying/api/#snapshot */
async function snapshot(address: string, data: string): Promise<string> {
  const answer = await fetch(`http://${address}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
  if (!answer.ok) throw new Error(`Prometheus makes no snapshot: ${await answer.text()}`);
  const folder = join(data, 'snapshots');
  const [name = ''] = readdirSync(folder);
  const [block] = readdirSync(join(folder, name));
  if (block === undefined) throw new Error(`The snapshot ${join(folder, name)} is empty.`);
  return join(folder, name, block);
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
