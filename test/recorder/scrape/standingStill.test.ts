import { expect, test } from 'vitest';
import type { Answer } from '../../../recorder/scrape/answer.ts';
import { createAnswerParser } from '../../../recorder/scrape/exposition.ts';

const labels = '{container_id="0123456789ab"}';

/** What one target answers, scrape by scrape. */
function answers(...texts: readonly string[]): readonly Answer[] {
  return answersTo(createAnswerParser({ role: 'daemon', maxSamples: 100 }), texts);
}

function answersTo(parse: (body: Buffer) => Answer, texts: readonly string[]): readonly Answer[] {
  return texts.map((text) => parse(Buffer.from(text)));
}

/** The same counter, with these values one after the other: at which of them the ascent goes on. */
function ascents(...values: readonly string[]): readonly boolean[] {
  const all = answers(
    ...values.map((value) => `kubemon_container_cpu_usage_seconds_total${labels} ${value}\n`),
  );
  return all.slice(1).map(({ rows }, index) => rows[0]?.ascent === all[index]?.rows[0]?.ascent);
}

test.each([
  ['9', '10', '10.5', '10.51'],
  ['0.99', '1', '99', '100.0'],
  ['0', '0.01', '18446744073709551615', '18446744073709551616'],
])('counters that rise from %s to %s, %s and %s have one ascent', (first, ...values) => {
  // The second may be read as a number still: what is new has not been followed.
  expect(ascents(first, first, ...values).slice(2)).toEqual([true, true]);
});

test.each([
  ['10', '9'],
  ['10.5', '10.49'],
  ['100', '99.9'],
  ['10', '09'],
  ['9', '1e1'],
  ['1e1', '9'],
  ['10', 'NaN'],
  ['10', '-11'],
])('after a fall from %s to %s, or what may be one, it is another', (before, after) => {
  expect(ascents('5', '6', before, after).at(-1)).toBe(false);
});

test('a fall between two bodies that are too long to be kept is not hidden by a shorter one before them', () => {
  const counter = (value: number) => `kubemon_container_cpu_usage_seconds_total${labels} ${value}\n`;
  const comment = `# ${'x'.repeat(1000)}\n`;
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 100, mostKept: 1000 });
  const [, before, after, small] = answersTo(parse, [
    counter(10),
    counter(20) + comment,
    counter(15) + comment,
    counter(16),
  ]);
  expect([before, after].map((answer) => answer?.rows[0]?.text.match(/\d+/)?.[0])).toEqual(['20', '15']);
  expect(after?.rows[0]?.ascent).not.toBe(before?.rows[0]?.ascent);
  expect(after?.population).not.toBe(before?.population);
  expect(small?.rows[0]?.ascent).not.toBe(after?.rows[0]?.ascent);
});

test('a gauge that falls ends no ascent', () => {
  const text = (memory: number) =>
    `kubemon_container_memory_rss_bytes${labels} ${memory}\nkubemon_container_cpu_usage_seconds_total${labels} 7\n`;
  const [before, after] = answers(text(4096), text(0));
  expect(after?.rows[0]?.text).not.toBe(before?.rows[0]?.text);
  expect(after?.rows[0]?.ascent).toBe(before?.rows[0]?.ascent);
});

test('a row that loses or gains a counter has another ascent', () => {
  const [cpu, oom] = ['cpu_usage_seconds_total', 'memory_oom_kills_total'].map(
    (name) => `kubemon_container_${name}${labels} 1\n`,
  );
  const both = `${cpu}${oom}`;
  const [all, less, again] = answers(both, `${cpu}`, both).map(({ rows }) => rows[0]?.ascent);
  expect(less).not.toBe(all);
  expect(again).not.toBe(less);
});

const process = (pid: number, start: number, threads: number) =>
  `kubemon_process_threads{container_id="0123456789ab",pid="${pid}",comm="sh"} ${threads}\n` +
  `kubemon_process_start_time_seconds{container_id="0123456789ab",pid="${pid}",comm="sh"} ${start}\n`;

test.each([
  ['other values', process(1, 100, 8), true],
  ['a start time', process(1, 101, 7), false],
  ['one process more', process(1, 100, 7) + process(2, 100, 1), false],
  ['another process', process(3, 100, 7), false],
  ['no process', '', false],
])('%s: the population is the same: %s', (_, text, isSame) => {
  const [before, after] = answers(process(1, 100, 7), text);
  expect(after?.population === before?.population).toBe(isSame);
});

test('containers that are described in other words are another population', () => {
  const info = (image: string) => `kubemon_container_info{container_id="0123456789ab",image="${image}"} 1\n`;
  const [first, same, other] = answers(info('a'), info('a'), info('b')).map(({ population }) => population);
  expect(same).toBe(first);
  expect(other).not.toBe(same);
});
