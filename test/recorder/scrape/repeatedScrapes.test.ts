import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from '../../../recorder/scrape/answer.ts';
import { createAnswerParser, createAnswerReader } from '../../../recorder/scrape/exposition.ts';
import { parseAs } from './parseAs.ts';

test('a name alone is not taken for the same name with labels behind a blank', () => {
  const parse = createAnswerParser({ role: 'further', maxSamples: 10 });
  parse(Buffer.from('up 1\n'));
  expect(parse(Buffer.from('up {a="b"} 2\n')).others).toEqual([
    { metric: 'up', labels: { a: 'b' }, value: '2' },
  ]);
});

const series = fc.constantFrom(
  'a',
  'a{x="1"}',
  'kubemon_node_load1',
  ...['1', '2', '3'].map((pid) => `kubemon_process_threads{container_id="c",pid="${pid}",comm="sh"}`),
  ...['1', '2', '3'].map(
    (pid) => `kubemon_process_page_faults_total{container_id="c",pid="${pid}",comm="sh"}`,
  ),
);
/** Whole numbers, and those that no column of whole numbers holds. */
const value = fc.oneof(fc.nat().map(String), fc.constantFrom('1.5', 'NaN', '-7', '99999999999999999999'));
const body = fc
  .uniqueArray(fc.tuple(series, value), { selector: ([name]) => name })
  .map((samples) => samples.map(([name, number]) => `${name} ${number}\n`).join(''));

test('what is remembered changes no answer', () => {
  fc.assert(
    fc.property(fc.array(body), (bodies) => {
      const parse = createAnswerParser({ role: 'daemon', maxSamples: 100 });
      for (const text of bodies) expect(parse(Buffer.from(text))).toEqual(parseAs('daemon', text));
    }),
  );
});

test('a value that stood before all others is not taken for what stands behind one', () => {
  const parse = createAnswerParser({ role: 'further', maxSamples: 10 });
  parse(Buffer.from(' a 1\n'));
  expect(() => parse(Buffer.from('b 2 a 1\n'))).toThrow('behind the value');
});

test('series that come and go for long change no answer, and their names do not add up', () => {
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 100 });
  const threads = (pid: number) =>
    `kubemon_process_threads{container_id="c",pid="${pid}",comm="sh"} ${pid % 7}\n`;
  for (let scrape = 0; scrape < 200; scrape++) {
    // One ends and one begins; now and then most are others, in another order.
    const pids = Array.from({ length: 8 }, (_, index) => scrape + index * (scrape % 50 === 49 ? 100 : 1));
    if (scrape % 3 === 0) pids.reverse();
    const text = `# TYPE kubemon_process_threads gauge\n${pids.map(threads).join('')}up 1\n`;
    expect(parse(Buffer.from(text))).toEqual(parseAs('daemon', text));
  }
});

test('comments of any length between two values change no answer', () => {
  const parse = createAnswerParser({ role: 'further', maxSamples: 100 });
  for (const length of [10, 70_000, 70_000, 200_000, 10, 70_000]) {
    const comments = `# ${'x'.repeat(60)}\n`.repeat(length / 60);
    const text = `a 1\n${comments}b{x="{"} ${length}\nc 3\n`;
    expect(parse(Buffer.from(text))).toEqual(parseAs('further', text));
  }
});

test('the same thing has the same labels object', () => {
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 100 });
  const text = Buffer.from('kubemon_container_pids{container_id="0123456789ab"} 3\n');
  expect(parse(text).rows[0]?.labels).toBe(parse(text).rows[0]?.labels);
});

test('a row is the same object as long as nothing in it changes', () => {
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 100 });
  const rows = (load: number) =>
    parse(
      Buffer.from(
        `kubemon_node_load1 ${load}\n` +
          'kubemon_container_pids{container_id="0123456789ab"} 3\n' +
          'kubemon_container_memory_rss_bytes{container_id="0123456789ab"} 4096\n',
      ),
    ).rows;
  const [node, container] = rows(1);
  const [nextNode, nextContainer] = rows(12);
  expect(nextContainer).toBe(container);
  expect(nextNode).not.toBe(node);
  expect(nextNode?.text.split(',')).toContain('12');
});

test('a row that loses a value is another one', () => {
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 100 });
  const labels = '{container_id="0123456789ab"}';
  parse(Buffer.from(`kubemon_container_pids${labels} 3\nkubemon_container_memory_rss_bytes${labels} 4096\n`));
  const left = `kubemon_container_pids${labels} 3\n`;
  expect(parse(Buffer.from(left))).toEqual(parseAs('daemon', left));
});

test('a body that fails leaves nothing behind', () => {
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 100 });
  parse(Buffer.from('kubemon_node_load1 1\n'));
  expect(() => parse(Buffer.from('kubemon_node_load1 2\nkubemon_node_load5 x\n'))).toThrow('is not a number');
  expect(parse(Buffer.from('kubemon_node_load1 3\n'))).toEqual(parseAs('daemon', 'kubemon_node_load1 3\n'));
});

test('a value that its column cannot hold leaves no empty row', () => {
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 100 });
  const text = (pids: string) => `kubemon_container_pids{container_id="0123456789ab"} ${pids}\n`;
  parse(Buffer.from(text('12')));
  expect(parse(Buffer.from(text('1.5')))).toEqual(parseAs('daemon', text('1.5')));
});

test('what follows more comments than are compared at once is read all the same', () => {
  const parse = createAnswerParser({ role: 'daemon', maxSamples: 100 });
  const comments = '# a comment\n'.repeat(20_000);
  for (const load of ['1', '1', '2']) {
    const text = `kubemon_node_load1 ${load}\n${comments}kubemon_node_load5 ${load}\n`;
    expect(parse(Buffer.from(text))).toEqual(parseAs('daemon', text));
  }
});

/** Reads at most so many steps, then breaks off. @returns how many it were */
function stepsOf(reading: Generator<void, Answer>, most: number): number {
  let steps = 0;
  for (const _ of reading) if (++steps === most) break;
  return steps;
}

test('of a body that is broken off is learnt what was read, unless it is too much to be put in order at once', () => {
  const long = Buffer.from(Array.from({ length: 30_000 }, (_, index) => `up{a="${index}"} 7\n`).join(''));
  const create = () => createAnswerReader({ role: 'further', maxSamples: 1_000_000 });
  const whole = stepsOf(create()(long), Infinity);
  const [little, much] = [0.4, 0.8].map((part) => {
    const read = create();
    stepsOf(read(long), Math.round(whole * part));
    return stepsOf(read(long), Infinity);
  });
  expect(little).toBeLessThan(whole * 0.8);
  expect(much).toBe(whole);
});
