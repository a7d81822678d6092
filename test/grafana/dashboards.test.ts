import { readFileSync } from 'node:fs';
import { loadYaml } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { dashboards } from '../../grafana/dashboards/index.ts';
import { inUse, outerInterfaces, realDevices } from '../../grafana/dashboards/matchers.ts';
import { podNetwork, rate, selectors } from '../../grafana/dashboards/series.ts';
import { sources } from '../../recorder/summary/sources.ts';
import { allQueries, panelsOf } from './queries.ts';

const each = Object.entries(dashboards).map(([name, dashboard]) => ({ name, dashboard }));

test.each(each)('$name: the JSON in grafana/ is what the code builds (npm run dashboards)', async (item) => {
  const json = `${JSON.stringify(item.dashboard, undefined, 2)}\n`;
  await expect(json).toMatchFileSnapshot(`../../grafana/${item.name}.json`);
});

test('a metric that the table does not have stops the build', () => {
  const { node } = selectors(['cluster', 'node']);
  expect(rate(node('forks_total', 'job="a"'))).toBe(
    'rate(kubemon_node_forks_total{cluster=~"$cluster", node=~"$node", job="a"}[$__rate_interval])',
  );
  expect(() => node('fork_total')).toThrow('The metric table has no metric fork_total of a node.');
});

test('sums of a node leave out the devices, interfaces and CPU modes that `kubemon summary` leaves out', () => {
  const named = (label: string) => {
    const names = sources.node.find(({ except }) => except?.label === label)?.except?.names.source ?? '';
    // What a PromQL matcher must match is the whole name.
    const whole = /^\^\(\?:(.*)\)$/
      .exec(names)?.[1]
      ?.split('|')
      .map((name) => (name.endsWith('$') ? name.slice(0, -1) : `${name}.*`));
    return `${label}!~${JSON.stringify(whole?.join('|'))}`;
  };
  expect(realDevices).toBe(named('device'));
  expect(outerInterfaces).toBe(named('interface'));
  const [cpu] = sources.node;
  const summed = cpu.plus.map((column) => /^cpu_(\w+)_seconds_total$/.exec(column)?.[1]);
  const [, idle = ''] = /"(.*)"/.exec(inUse) ?? [];
  const modes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];
  expect(modes.filter((mode) => !idle.split('|').includes(mode))).toEqual(summed);
});

test('where disks are added up, those made of others are left out', () => {
  const sums = allQueries().filter(({ expr }) =>
    /^(?!.*by \([^)]*device).*(node|container)_disk_\w+_total\{/.test(expr),
  );
  expect(new Set(sums.map(({ dashboard }) => dashboard))).toEqual(new Set(['cluster', 'node', 'container']));
  expect(sums.filter(({ expr }) => !expr.includes(realDevices))).toEqual([]);
});

test('the network of a pod is counted once and without the loopback, containers of no pod each for itself', () => {
  const { container } = selectors([]);
  const of = (pod: string) =>
    `rate(kubemon_container_network_receive_bytes_total{${pod}, interface!="lo"}[$__rate_interval])`;
  const [pods, others] = [
    `max by (cluster, node, namespace, pod, interface) (${of('pod!=""')})`,
    `max by (cluster, node, namespace, pod, container, container_id, interface) (${of('pod=""')})`,
  ];
  expect(podNetwork(container, 'network_receive_bytes_total')).toBe(
    `sum by (cluster, node, namespace, pod, container, container_id) (${pods} or ${others})`,
  );
});

test('series that a Prometheus has of several clusters are matched within one', () => {
  const lists = allQueries().flatMap(({ expr }) =>
    [...expr.matchAll(/\bon \(([^)]*)\)/g)].map(([, labels = '']) => labels.split(', ')),
  );
  expect(lists.length).toBeGreaterThan(0);
  expect(lists.filter((labels) => !labels.includes('cluster'))).toEqual([]);
});

test('rates of processes are over as much time as their job in the README needs', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, configuration = ''] = /```yaml\n(rule_files:[\s\S]*?)```/.exec(readme) ?? [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Prometheus reads the same text
  const { scrape_configs: jobs } = loadYaml(configuration) as ScrapeConfiguration;
  const job = jobs.find(({ job_name: name }) => name === 'kubemon-processes');
  const rates = allQueries().filter(({ expr }) => /rate\(kubemon_process_/.test(expr));
  expect(new Set(rates.map(({ interval }) => interval))).toEqual(new Set([job?.scrape_interval]));
});

test('lines that may be below 0 are not cut off there', () => {
  const cut = each.flatMap(({ dashboard }) =>
    panelsOf(dashboard)
      .filter(({ type, fieldConfig }) => type === 'timeseries' && fieldConfig?.defaults.min !== 0)
      .map(({ title }) => title),
  );
  expect(cut).toEqual(['Alignment: collected after the tick']);
});

test.each(each)('$name: every variable of a query is one of the dashboard', ({ name, dashboard }) => {
  const declared = new Set((dashboard.templating.list ?? []).map((variable) => variable.name));
  const asked = allQueries()
    .filter((query) => query.dashboard === name)
    .flatMap(({ expr }) => [...expr.matchAll(/\$(?!__)(\w+)/g)].map(([, variable]) => variable));
  expect([...new Set(asked)].filter((variable) => !declared.has(variable ?? ''))).toEqual([]);
});

test.each(each)('$name: every label of a legend is one that the query keeps', ({ name }) => {
  const wrong = allQueries()
    .filter((query) => query.dashboard === name)
    .filter(({ expr, labels }) => {
      const kept = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
      return kept.length > 0 && !labels.every((label) => kept.includes(label));
    });
  expect(wrong).toEqual([]);
});

test.each(each)('$name: links lead to a dashboard that has the variables they fill in', ({ dashboard }) => {
  const links = [...JSON.stringify(dashboard).matchAll(/"\/d\/([\w-]+)\?([^"]*)"/g)];
  for (const [, uid = '', parameters = ''] of links) {
    const target = Object.values(dashboards).find((other) => other.uid === uid);
    const known = (target?.templating.list ?? []).map((variable) => variable.name);
    const filled = [...parameters.matchAll(/var-(\w+)=/g)].map(([, variable = '']) => variable);
    expect(known, uid).toEqual(expect.arrayContaining([...filled, 'datasource', 'cluster']));
  }
});

test.each(each)('$name: panels have titles and units, and do not overlap', ({ dashboard }) => {
  const taken = new Set<string>();
  for (const { title, gridPos, type, fieldConfig } of panelsOf(dashboard)) {
    expect(title).toBeTruthy();
    // The columns of a table have units of their own.
    expect(type === 'table' || fieldConfig?.defaults.unit, title).toBeTruthy();
    const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
    expect(x + w, title).toBeLessThanOrEqual(24);
    for (let cell = 0; cell < w * h; cell += 1) {
      const place = `${x + (cell % w)},${y + Math.floor(cell / w)}`;
      expect(taken.has(place), `${title} at ${place}`).toBe(false);
      taken.add(place);
    }
  }
});

test('titles and uids tell dashboards apart, and panels within one', () => {
  expect(each.map(({ dashboard }) => dashboard.uid)).toEqual(each.map(({ name }) => `kubemon-${name}`));
  for (const { name, dashboard } of each) {
    const titles = panelsOf(dashboard).map(({ title }) => title);
    expect(new Set(titles).size, name).toBe(titles.length);
  }
});

interface ScrapeConfiguration {
  readonly scrape_configs: readonly { readonly job_name: string; readonly scrape_interval: string }[];
}
