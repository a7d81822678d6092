import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { createFleet } from '../support/fleet.ts';
import { describeWith, needs } from '../support/needs.ts';
import { startPrometheusWith } from '../support/prometheus.ts';
import { startRecorder } from '../support/recorderProcess.ts';
import { until } from '../support/until.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const rules = fileURLToPath(new URL('../../k8s/examples/rules.yml', import.meta.url));

describeWith([needs.docker, needs.prometheus], 'the scrape configuration of the README', () => {
  test('takes nodes and containers often, processes rarely, and nothing twice', async () => {
    const fleet = createFleet('scrapes');
    onTestFinished(fleet.remove);
    const { name } = await fleet.start('seen', 'sleep 1000000');
    const exporter = await startExporter();
    onTestFinished(exporter.stop);
    const outputDir = mkdtempSync(join(tmpdir(), 'kubemon-scrapes-'));
    onTestFinished(() => {
      rmSync(outputDir, { recursive: true });
    });
    const recorder = await startRecorder(outputDir, {});
    onTestFinished(async () => {
      await recorder.stop();
    });

    const [, shipped = ''] = /```yaml\n(rule_files:[\s\S]*?)```/.exec(readme) ?? [];
    const configuration = shipped
      .replaceAll("'node-1:9822', 'node-2:9822'", `'${exporter.address}'`)
      .replaceAll('recorder:9880', recorder.address)
      .replaceAll('rules.yml', rules)
      .replaceAll('interval: 5s', 'interval: 1s')
      .replaceAll('interval: 30s', 'interval: 4s');
    const prometheus = await startPrometheusWith(configuration);
    onTestFinished(prometheus.stop);
    const count = async (expression: string) => {
      const [sample] = await prometheus.query(`count_over_time(${expression}[5m])`);
      return Number(sample?.value[1] ?? 0);
    };
    await until('processes have been scraped three times', async () => {
      return (await count('up{job="kubemon-processes"}')) >= 3;
    });

    const seen = `container="${name}"`;
    expect(await count(`kubemon_container_info{${seen}}`)).toBeGreaterThan(
      await count(`kubemon_process_threads{${seen}}`),
    );
    const jobs = async (metric: string) =>
      (await prometheus.query(`group by (job, node) (${metric})`)).map(({ metric: labels }) => labels);
    const node = exporter.address.split(':')[0];
    expect(await jobs('kubemon_node_info')).toEqual([{ job: 'kubemon', node }]);
    expect(await jobs('kubemon_container_info')).toEqual([{ job: 'kubemon', node }]);
    expect(await jobs('kubemon_process_threads')).toEqual([{ job: 'kubemon-processes', node }]);
    expect(await jobs('kubemon_exporter_build_info')).toEqual([{ job: 'kubemon', node }]);
    expect(await jobs('kubemon_recorder_build_info')).toEqual([{ job: 'kubemon-recorder' }]);
    expect(prometheus.log()).toBe('');
  });
});
