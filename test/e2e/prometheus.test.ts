import { spawnSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { withBusyExporter } from '../support/busyExporter.ts';
import { type BusyFleet, oddComm } from '../support/busyFleet.ts';
import type { RunningExporter } from '../support/exporter.ts';
import { describeWith, needs } from '../support/needs.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { until } from '../support/until.ts';

describeWith([needs.docker, needs.prometheus, needs.promtool], 'the real Prometheus', () => {
  let seen: Awaited<ReturnType<typeof look>>;
  beforeAll(async () => {
    seen = await withBusyExporter('prometheus', look);
  });

  test('promtool has nothing to complain about in the text format', () => {
    expect(seen.promtool).toEqual({ status: 0, output: '' });
  });

  test('every scrape succeeds, and Prometheus, which asks for OpenMetrics, warns of nothing', () => {
    expect(seen.leastUp).toEqual(['1']);
    expect(seen.log).toBe('');
  });

  test('it holds the series of the exposition, whatever a process calls itself', () => {
    expect(seen.cpuModes).toBe(8);
    expect(seen.oddlyNamed).toEqual([seen.nested]);
  });
});

async function look(busy: BusyFleet, exporter: RunningExporter) {
  const promtool = spawnSync('promtool', ['check', 'metrics'], {
    input: await exporter.scrape(),
    encoding: 'utf8',
  });
  const prometheus = await startPrometheus(exporter.address);
  try {
    await until('Prometheus has scraped three times', async () => {
      const [scrapes] = await prometheus.query('count_over_time(up[1m])');
      return Number(scrapes?.value[1]) >= 3;
    });
    const up = await prometheus.query('min_over_time(up[1m])');
    const cpu = await prometheus.query('kubemon_node_cpu_seconds_total');
    const odd = await prometheus.query(`kubemon_process_threads{comm=${JSON.stringify(oddComm.shown)}}`);
    return {
      promtool: { status: promtool.status, output: promtool.stdout + promtool.stderr },
      leastUp: up.map(({ value }) => value[1]),
      cpuModes: cpu.length,
      oddlyNamed: odd.map(({ metric }) => metric['container']),
      nested: busy.quiet[0]?.name,
      log: prometheus.log(),
    };
  } finally {
    await prometheus.stop();
  }
}
