import { expect, test } from 'vitest';
import { columnName, prefix, tables } from '../../exporter/metrics/index.ts';
import { metricsDocument } from './metricsDocument.ts';

test('METRICS.md tells what the table tells (npm run metrics makes it anew)', async () => {
  await expect(metricsDocument()).toMatchFileSnapshot('../../METRICS.md');
});

test('no name and no column stands for two things', () => {
  for (const { metrics } of tables) {
    const columns = metrics.map((metric) => columnName(metric));
    expect(new Set(columns).size).toBe(columns.length);
  }
  const names = tables.flatMap(({ scope, metrics }) =>
    metrics.map(({ name, mode }) => `${prefix(scope)}${name} ${mode ?? ''}`),
  );
  expect(new Set(names).size).toBe(names.length);
});

test('a mode goes into the column', () => {
  const node = tables.find(({ name }) => name === 'node');
  const columns = node?.metrics.map((metric) => columnName(metric));
  expect(columns).toContain('cpu_user_seconds_total');
  expect(columns).toContain('cpu_guest_nice_seconds_total');
});
