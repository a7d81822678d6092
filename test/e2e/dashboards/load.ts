import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstLimit } from '../../support/busyFleet.ts';
import { type RunningExporter, startExporter } from '../../support/exporter.ts';
import { createFleet } from '../../support/fleet.ts';
import { type Prometheus, startPrometheusWith } from '../../support/prometheus.ts';
import { type RecorderProcess, startRecorder } from '../../support/recorderProcess.ts';
import { until } from '../../support/until.ts';

/** What was read of an exporter by the test itself. */
export interface Reading {
  /** The exporter's clock, in seconds since the epoch. */
  readonly time: number;
  /** The text of /metrics. */
  readonly text: string;
}

/** What Prometheus and the test saw of the same exporter over the same time. */
export interface Watched {
  readonly prometheus: Prometheus;
  readonly readings: readonly Reading[];
  /** Two scrapes of Prometheus, with all those between them. */
  readonly first: Scrape;
  readonly last: Scrape;
}

/** The moment of a scrape by Prometheus' clock, and when the exporter then collected by its own. */
export interface Scrape {
  readonly time: number;
  readonly collectedAt: number;
}

/** Seconds between scrapes, and between the ticks of the run. */
const interval = 2;
const scrapes = 20;
/** Of so many at the beginning and at the end the one is taken whose moment is known best. */
const choice = 3;

const forever = 'sleep 1000000';
const spin = 'while :; do :; done';
const write =
  'while :; do dd if=/dev/zero of=/tmp/file bs=64k count=16 conv=fsync; sleep 0.4; done 2>/dev/null';

/** Prometheus scrapes an exporter and a recorder with a run on, while containers do what is known; `look` while all is on. */
export async function watchLoad<T>(look: (watched: Watched) => Promise<T>): Promise<T> {
  // Docker's names as the kubelet would give them: namespace shop, pods of one and of two containers.
  const pods = createFleet('k8s_shop');
  const others = createFleet('shop');
  const outputDir = mkdtempSync(join(tmpdir(), 'kubemon-dashboards-'));
  const ends: (() => unknown)[] = [];
  try {
    ends.push(
      () => {
        rmSync(outputDir, { recursive: true });
      },
      () => others.remove(),
      () => pods.remove(),
    );
    const [sink] = await Promise.all([
      pods.start('receiving_sink-0_shop_0_0', forever),
      pods.start('writing_disk-0_shop_0_0', write, '--device-read-bps', firstLimit()),
      pods.start('burning_web-0_shop_0_0', spin, '--cpus', '0.2', '--memory', '64m'),
    ]);
    const ping = `ping -s 1000 -i 0.1 ${sink.ip} >/dev/null`;
    const [source] = await Promise.all([
      pods.start('sending_source-0_shop_0_0', ping),
      others.start('alone', ping),
    ]);
    await pods.start('sidecar_source-0_shop_0_1', forever, '--network', `container:${source.id}`);

    const exporter = await startExporter();
    ends.push(exporter.stop);
    const recorder = await startRecorder(outputDir, { 'node-1': `http://${exporter.address}/metrics` });
    ends.push(recorder.stop);
    await recorder.client.start('watched', { interval });
    const prometheus = await startPrometheusWith(configuration(exporter, recorder));
    ends.push(prometheus.stop);

    const readings: Reading[] = [];
    let scraped: readonly Scrape[] = [];
    await until(`Prometheus has scraped ${scrapes} times`, async () => {
      const isBetween = scraped.length > choice + 1 && scraped.length < scrapes - choice - 1;
      if (!isBetween) readings.push(await read(exporter));
      await sleep(100);
      scraped = await scrapesOf(prometheus);
      return scraped.length >= scrapes;
    });
    readings.push(await read(exporter));
    const first = bestKnown(scraped.slice(1, 1 + choice), readings);
    return await look({ prometheus, readings, first, last: bestKnown(scraped.slice(-choice), readings) });
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

async function scrapesOf(prometheus: Prometheus): Promise<readonly Scrape[]> {
  const clock = 'kubemon_exporter_collected_timestamp_seconds[5m]';
  const samples = await prometheus.samples(clock, Date.now() / 1000);
  return samples.map(([time, value]) => ({ time, collectedAt: Number(value) }));
}

/** The scrape with the least time between the readings around it: this machine may be busy. */
function bestKnown(scraped: readonly Scrape[], readings: readonly Reading[]): Scrape {
  const gap = ({ collectedAt }: Scrape) => {
    const after = readings.findIndex(({ time }) => time >= collectedAt);
    return (readings[after]?.time ?? Infinity) - (readings[after - 1]?.time ?? -Infinity);
  };
  const [best] = scraped.toSorted((a, b) => gap(a) - gap(b));
  if (best === undefined) throw new Error('Prometheus has not scraped.');
  return best;
}

async function read(exporter: RunningExporter): Promise<Reading> {
  const text = await exporter.scrape();
  const [, time] = /^kubemon_exporter_collected_timestamp_seconds (\S+)$/m.exec(text) ?? [];
  return { time: Number(time), text };
}

function configuration(exporter: RunningExporter, recorder: RecorderProcess): string {
  const labels = { node: 'node-1', cluster: 'test' };
  const job = (name: string, target: string) => ({
    job_name: name,
    scrape_interval: `${interval}s`,
    honor_labels: true,
    static_configs: [{ targets: [target], labels }],
  });
  // JSON is YAML.
  return JSON.stringify({
    scrape_configs: [job('kubemon', exporter.address), job('kubemon-recorder', recorder.address)],
  });
}
