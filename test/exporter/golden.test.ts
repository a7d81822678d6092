import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { createCollect } from '../../exporter/collect.ts';
import { createExposition } from '../../exporter/exposition.ts';
import { describeWith, needs } from '../support/needs.ts';
import { fixtureMachine, openMachine } from './machine.ts';

describe.each(['v1', 'v2'] as const)('a whole machine with cgroup %s, made of files', async (version) => {
  const sources = await openMachine(fixtureMachine(version));
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
