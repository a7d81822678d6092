import { expect, test } from 'vitest';
import { dashboards } from '../../grafana/dashboards/index.ts';
import { rate, selectors } from '../../grafana/dashboards/series.ts';
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
