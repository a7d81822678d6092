import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Answer } from '../../../recorder/scrape/answer.ts';
import { createAnswerParser } from '../../../recorder/scrape/exposition.ts';
import { createBody } from './body.ts';

const golden = readFileSync(new URL('../../golden/machine-v2.prom', import.meta.url), 'utf8');
const recorded = `${golden}# HELP kubemon_exporter_collected_timestamp_seconds When.
# TYPE kubemon_exporter_collected_timestamp_seconds gauge
kubemon_exporter_collected_timestamp_seconds 1767322445.000412
`;

/** The parser refuses what is no exposition, and a series that is there twice. */
const parse = (text: string): Answer =>
  createAnswerParser({ role: 'daemon', maxSamples: 100_000 })(Buffer.from(text));

/** Values by series. */
function samplesOf(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
  );
}

test.each([500, 2000, 20_000])('about %d samples are a valid exposition of so many', (samples) => {
  const body = createBody(recorded, { samples, number: 0, churn: 0 });
  const { samples: parsed, others, own } = parse(body.render(3, 1_767_322_450, 'all'));
  expect(parsed).toBe(body.samples);
  expect(body.samples).toBeGreaterThanOrEqual(samples);
  // The largest container that was recorded has 158.
  expect(body.samples).toBeLessThan(Math.max(samples, 112) + 158);
  expect(others).toEqual([]);
  expect(own.get('kubemon_exporter_collected_timestamp_seconds')).toBe('1767322450.000000');
});

test('counters that count move on at each step and never go back, all else stays', () => {
  const body = createBody(recorded, { samples: 2000, number: 0, churn: 0 });
  const [first = new Map<string, string>(), ...later] = [0, 1, 500].map((step) =>
    samplesOf(body.render(step, 7, 'all')),
  );
  const moving = [...first.keys()].filter((series) => later[0]?.get(series) !== first.get(series));
  const counting = [...first].filter(([series, value]) => /^\w+_total(?:\{|$)/.test(series) && value !== '0');
  expect(moving).toEqual(counting.map(([series]) => series));
  expect(moving.length).toBeGreaterThan(body.samples / 2);
  const back = moving.filter((series) => {
    const [before, next, last] = [first, ...later].map((samples) => Number(samples.get(series)));
    return !(Number(before) < Number(next) && Number(next) < Number(last));
  });
  expect(back).toEqual([]);
});

test('daemons of different numbers have different containers', () => {
  const [one, other] = [0, 1].map((number) => {
    const text = createBody(recorded, { samples: 2000, number, churn: 0 }).render(0, 0, 'all');
    return new Set(Array.from(text.matchAll(/container_id="([^"]*)"/g), ([, id]) => id));
  });
  expect(one?.size).toBe(20);
  expect([...(one ?? [])].filter((id) => other?.has(id))).toEqual([]);
});

test.each([0, 0.01, 0.05, 0.2])('a share of %d of the series is new at each step', (churn) => {
  const body = createBody(recorded, { samples: 5000, number: 0, churn });
  let before = samplesOf(body.render(0, 0, 'all'));
  let fresh = 0;
  for (let step = 1; step <= 20; step++) {
    const now = samplesOf(body.render(step, 0, 'all'));
    expect(now.size).toBe(body.samples);
    fresh += [...now.keys()].filter((series) => !before.has(series)).length;
    before = now;
  }
  expect(parse(body.render(20, 0, 'all')).samples).toBe(body.samples);
  // Containers are replaced as a whole: at the least churn some ten of them in these steps.
  expect(Math.abs(fresh / 20 / body.samples - churn)).toBeLessThanOrEqual(churn / 5);
});

test('a probe of the node gets no container', () => {
  const body = createBody(recorded, { samples: 2000, number: 0, churn: 0 });
  const { rows, own } = parse(body.render(0, 0, 'node'));
  expect(new Set(rows.map(({ table }) => table.scope))).toEqual(new Set(['node']));
  expect(own.size).toBe(1);
});
