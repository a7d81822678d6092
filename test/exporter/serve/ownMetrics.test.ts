import { spawnSync } from 'node:child_process';
import { Counter, Gauge } from 'prom-client';
import { expect, test } from 'vitest';
import { createRegistry, renderRegistry } from '../../../exporter/serve/ownMetrics.ts';
import { describeWith, needs } from '../../support/needs.ts';

/** A registry with two metrics of a server's own. */
function registry() {
  const made = createRegistry();
  const registers = [made];
  new Gauge({ name: 'kubemon_recorder_runs', help: 'Runs.', registers }).set(2);
  const scrapes = new Counter({
    name: 'kubemon_recorder_scrapes_total',
    help: 'The _total of scrapes.',
    labelNames: ['target'],
    registers,
  });
  scrapes.inc({ target: 'a' }, 3);
  return made;
}

function families(text: string): readonly string[] {
  return [...text.matchAll(/^# TYPE (\S+ \S+)$/gm)].map(([, family]) => String(family)).toSorted();
}

const expected = [
  'kubemon_recorder_runs gauge',
  'kubemon_recorder_scrapes_total counter',
  'nodejs_external_memory_bytes gauge',
  'nodejs_gc_duration_seconds histogram',
  'nodejs_heap_size_total_bytes gauge',
  'nodejs_heap_size_used_bytes gauge',
  'nodejs_version_info gauge',
  'process_cpu_seconds_total counter',
  'process_resident_memory_bytes gauge',
  'process_start_time_seconds gauge',
];

test('text has the process and what was declared, and no empty line', async () => {
  const text = await renderRegistry(registry(), 'text');
  expect(families(text)).toEqual(expected);
  expect(text).toMatch(
    /\n# HELP kubemon_recorder_scrapes_total The _total of scrapes\.\n# TYPE kubemon_recorder_scrapes_total counter\nkubemon_recorder_scrapes_total\{target="a"\} 3\n/,
  );
  expect(text).not.toMatch(/\n\n|^\n|# EOF/);
  expect(text.endsWith('\n')).toBe(true);
});

test('OpenMetrics, in turn with text, from the same registry', async () => {
  const both = registry();
  for (let turn = 0; turn < 2; turn++) {
    const text = await renderRegistry(both, 'openmetrics');
    expect(families(text)).toEqual(expected.map((family) => family.replace('_total counter', ' counter')));
    expect(text).toMatch(
      /\n# HELP kubemon_recorder_scrapes The _total of scrapes\.\n# TYPE kubemon_recorder_scrapes counter\nkubemon_recorder_scrapes_total\{target="a"\} 3\n/,
    );
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(families(await renderRegistry(both, 'text'))).toEqual(expected);
  }
});

test('CPU time is all of the process and exact to the microsecond', async () => {
  const own = createRegistry();
  const before = process.cpuUsage();
  for (let reading = 0; reading < 50; reading++) await renderRegistry(own, 'text');
  const text = await renderRegistry(own, 'text');
  const after = process.cpuUsage();
  const shown = /^process_cpu_seconds_total (\d+(?:\.\d{1,6})?)$/m.exec(text)?.[1];
  expect(Number(shown)).toBeGreaterThanOrEqual((before.user + before.system) / 1e6);
  expect(Number(shown)).toBeLessThanOrEqual((after.user + after.system) / 1e6);
});

describeWith([needs.promtool], 'promtool', () => {
  test('accepts it without a word', async () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await renderRegistry(registry(), 'text'),
      encoding: 'utf8',
    });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });
});
