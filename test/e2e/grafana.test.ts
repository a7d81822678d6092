import { beforeAll, expect, test } from 'vitest';
import { allQueries, type DashboardQuery, filledIn, panelsOf } from '../grafana/queries.ts';
import { dashboards } from '../../grafana/dashboards/index.ts';
import { describeWith, needs } from '../support/needs.ts';
import type { QueriedSample } from '../support/prometheus.ts';
import { type Comparison, comparisons, countedBy, keyOf } from './dashboards/comparisons.ts';
import { type Watched, watchLoad } from './dashboards/load.ts';

interface Answered extends DashboardQuery {
  readonly answer: readonly QueriedSample[];
}

describeWith(
  [needs.root, needs.docker, needs.prometheus],
  'the dashboards, on what Prometheus scraped during a run',
  () => {
    let seen: Awaited<ReturnType<typeof look>>;
    beforeAll(async () => {
      seen = await watchLoad(look);
    }, 300_000);

    test('every query has data, or asks only for what the exporter says this machine lacks', () => {
      const silent = seen.all.filter(({ answer }) => answer.length === 0);
      const unexplained = silent.filter(
        ({ expr }) => !metricsOf(expr).every((metric) => seen.unavailable.has(metric)),
      );
      expect(unexplained.map(told)).toEqual([]);
      for (const query of silent) {
        const reasons = metricsOf(query.expr).map((metric) => seen.unavailable.get(metric) ?? '');
        process.stderr.write(
          `Not tried, since this machine has it not: ${told(query)} (${reasons.join(', ')}).\n`,
        );
      }
      const asked = seen.all.filter(({ kind }) => kind === 'panel').length;
      expect(asked).toBeGreaterThan(80);
    });

    test('no panel is without data', () => {
      for (const [dashboard, built] of Object.entries(dashboards)) {
        for (const { title = '' } of panelsOf(built)) {
          const answers = seen.all.filter((query) => query.dashboard === dashboard && query.place === title);
          expect(
            answers.flatMap(({ answer }) => answer),
            `${dashboard}: ${title}`,
          ).not.toEqual([]);
        }
      }
    });

    test('every label of a legend and of a variable exists', () => {
      const missing = seen.all
        .filter(({ answer }) => answer.length > 0)
        .flatMap((query) =>
          query.labels
            .filter((label) => !query.answer.some(({ metric }) => metric[label] !== undefined))
            .filter((label) => !isOfContainersOnly(query, label))
            .map((label) => `${label} in ${told(query)}`),
        );
      expect(missing).toEqual([]);

      /** Where containers' pressure is not counted, the whole node is shown. */
      function isOfContainersOnly({ expr }: DashboardQuery, label: string): boolean {
        const [first = ''] = metricsOf(expr);
        return (
          /_pressure_/.test(first) && seen.unavailable.has(first) && ['pod', 'container'].includes(label)
        );
      }
    });

    test('pressure is of containers where the kernel counts that, else of the node', () => {
      const pressure = seen.all.filter(
        ({ dashboard, place }) => dashboard === 'container' && place.startsWith('Waiting for '),
      );
      expect(pressure).toHaveLength(3);
      for (const { expr, answer } of pressure) {
        const [metric = ''] = metricsOf(expr);
        const reason = seen.unavailable.get(metric);
        expect([undefined, 'cgroup_v1']).toContain(reason);
        expect(answer.some((sample) => sample.metric['container'] !== undefined)).toBe(reason === undefined);
      }
    });

    test('rates of CPU, disk and network are what the exporter counted, within 5 %', () => {
      expect(seen.compared.flatMap(({ wrong }) => wrong)).toEqual([]);
      for (const { comparison, keys } of seen.compared) {
        const place = `${comparison.dashboard}: ${comparison.panel}`;
        expect(keys, place).not.toEqual([]);
        const firsts = keys.map((key) => key.split(' ')[0]);
        expect(firsts, place).toEqual(expect.arrayContaining([...(comparison.includes ?? [])]));
      }
    });

    test('a link narrows the dashboard of containers to one', () => {
      expect(seen.narrowed.length).toBeGreaterThan(0);
      for (const { answer } of seen.narrowed) {
        expect(new Set(answer.map(({ metric }) => metric['pod'])), seen.id).toEqual(new Set(['web-0']));
      }
    });

    test('the run is an annotation', () => {
      const annotations = seen.all.filter(({ kind }) => kind === 'annotation');
      expect(annotations.map(({ answer }) => answer[0]?.metric['run'])).toEqual(
        Object.keys(dashboards).map(() => 'watched'),
      );
    });
  },
);

async function look(watched: Watched) {
  const { prometheus, first, last } = watched;
  const now = last.time;
  // So that rates are taken of the samples from the first to the last.
  const span = last.time - first.time + 0.5;
  // Whatever else runs on this machine must not push the load of the test out of the ten busiest.
  const ask = (expr: string, values?: Readonly<Record<string, string>>, time = now) =>
    prometheus.query(filledIn(expr, span, values).replaceAll('topk(10,', 'topk(1000,'), time);
  const all: Answered[] = [];
  for (const query of allQueries()) {
    let answer = await ask(query.expr);
    // On a busy machine a tick may fail: its line has a hole.
    for (let back = 3; answer.length === 0 && back < span; back += 3) {
      answer = await ask(query.expr, {}, last.time - back);
    }
    all.push({ ...query, answer: answer.filter(({ value }) => value[1] !== 'NaN') });
  }
  const reasons = await prometheus.query('kubemon_exporter_unavailable', now);
  const compared = comparisons.map((comparison) => compare(comparison, all, watched));
  const [burning] = await prometheus.query('kubemon_container_info{pod="web-0"}', now);
  const id = burning?.metric['container_id'] ?? '';
  const narrowed: Answered[] = [];
  for (const query of allQueries()) {
    const ofContainers = /^sum by \([^)]*container_id\) \(.*kubemon_container_(cpu|memory)/.test(query.expr);
    if (query.dashboard !== 'container' || !ofContainers) continue;
    narrowed.push({ ...query, answer: await ask(query.expr, { node: 'node-1', container_id: id }) });
  }
  return {
    all,
    compared,
    narrowed,
    id,
    unavailable: new Map(reasons.map(({ metric }) => [metric['metric'] ?? '', metric['reason'] ?? ''])),
  };
}

/** The lines that are steep enough to be compared, and sentences about those that are not what was counted. */
function compare(comparison: Comparison, all: readonly Answered[], { readings, first, last }: Watched) {
  const seconds = last.time - first.time;
  const { dashboard, panel, query, floor } = comparison;
  const queries = all.filter((each) => each.dashboard === dashboard && each.place === panel);
  const answer = queries[query]?.answer ?? [];
  const drawn = new Map(answer.map(({ metric, value }) => [keyOf(comparison, metric), Number(value[1])]));
  const counted = [...countedBy(comparison, readings, first.collectedAt, last.collectedAt)];
  const steep = counted.filter(([, { least }]) => least / seconds >= floor);
  const wrong = steep.flatMap(([key, { least, most, likely }]) => {
    const shown = (drawn.get(key) ?? Number.NaN) * seconds;
    // What else this machine does may come in bursts; the load of this test does not.
    const isOurs = /^(web|disk|source|sink)-0 /.test(key);
    const isRight = isOurs
      ? Math.abs(shown / likely - 1) <= 0.05
      : shown >= least * 0.95 && shown <= most * 1.05;
    return isRight
      ? []
      : [`${dashboard}: ${panel}: "${key}" grew by ${shown}, counted ${least} to ${most}, likely ${likely}`];
  });
  return { comparison, keys: steep.map(([key]) => key), wrong };
}

/** The metrics of an expression, in its order. */
function metricsOf(expr: string): readonly string[] {
  return [...expr.matchAll(/(kubemon_\w+|process_\w+)\{/g)].map(([, name = '']) => name);
}

function told({ dashboard, place, expr }: DashboardQuery): string {
  return `${dashboard}: ${place}: ${expr}`;
}
