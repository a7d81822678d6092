import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createCollect } from '../../exporter/collect.ts';
import { createExposition } from '../../exporter/exposition.ts';
import { createLog } from '../../exporter/serve/log.ts';
import { readSettings } from '../../exporter/serve/settings.ts';
import { exporterSettings } from '../../exporter/settings.ts';
import { openSources } from '../../exporter/sources.ts';
import { describeWith, needs } from '../support/needs.ts';

const fixtures = join(import.meta.dirname, '../fixtures');

describe.each(['v1', 'v2'] as const)('a whole machine with cgroup %s, made of files', async (version) => {
  const machine = join(fixtures, `machine-${version}`);
  const settings = readSettings(
    exporterSettings,
    {},
    {
      PROCFS_PATH: join(machine, 'proc'),
      SYSFS_PATH: join(machine, 'sys'),
      DOCKER_HOST: `unix://${join(machine, 'no-docker.sock')}`,
    },
  );
  const sources = openSources(settings, createLog('golden', 'silent'));
  // Until it is known that there is no Docker, containers are held back for their names.
  await vi.waitUntil(() => !sources.names.pending);
  const snapshot = createCollect(sources)();
  const text = [...createExposition(version, sources.machine)(snapshot, 'text')].join('');
  sources.close();

  test('gives the exposition of the golden file', async () => {
    expect(snapshot.collectors.map(({ success }) => success)).toEqual([true, true, true]);
    await expect(text).toMatchFileSnapshot(`../golden/machine-${version}.prom`);
  });

  test('says of every metric that is missing why', async () => {
    const lines = snapshot.unavailable.map(({ metric, reason }) => `${metric} ${reason}\n`);
    await expect(lines.join('')).toMatchFileSnapshot(`../golden/machine-${version}.unavailable.txt`);
  });

  describeWith([needs.promtool], 'promtool', () => {
    test('accepts it without a complaint', () => {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: text,
        encoding: 'utf8',
      });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    });
  });
});
