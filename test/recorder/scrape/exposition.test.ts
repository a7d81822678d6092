import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createAnswerReader, ExpositionError } from '../../../recorder/scrape/exposition.ts';
import { parseAs } from './parseAs.ts';

test('real output of node_exporter: all samples, none changed', () => {
  const text = readFileSync(new URL('../../fixtures/expositions/node_exporter.txt', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const { others, samples } = parseAs('further', text);
  expect(samples).toBe(1277);
  expect(others.map(({ value }) => value)).toEqual(
    lines.map((line) => line.slice(line.lastIndexOf(' ') + 1)),
  );
  expect(others.find(({ metric }) => metric === 'node_os_info')?.labels).toMatchObject({
    id: 'debian',
    pretty_name: 'Debian GNU/Linux 12 (bookworm)',
  });
});

test('OpenMetrics: timestamps and exemplars are left out, the end may lack its line end', () => {
  const text = `# HELP foo_seconds Latency.
# TYPE foo_seconds histogram
# UNIT foo_seconds seconds
foo_seconds_bucket{le="0.01"} 0
foo_seconds_bucket{le="0.1"} 8 # {} 0.054
foo_seconds_bucket{le="1"} 11 # {trace_id="KOO5S4vxi0o # }"} 0.67
foo_seconds_bucket{le="10"} 17 1520879607.5 # {trace_id="oHg5SJYRHA0"} 9.8 1520879607.789
foo_seconds_bucket{le="+Inf"} 17
foo_seconds_count 17
foo_seconds_sum 324789.3
foo_seconds_created 1520430000.123
# EOF`;
  const { others } = parseAs('further', text);
  expect(others.map(({ labels, value }) => [labels['le'], value])).toEqual([
    ['0.01', '0'],
    ['0.1', '8'],
    ['1', '11'],
    ['10', '17'],
    ['+Inf', '17'],
    [undefined, '17'],
    [undefined, '324789.3'],
    [undefined, '1520430000.123'],
  ]);
});

test('blanks, tabs, commas and escapes as the text format allows them', () => {
  const text = [
    '# a comment',
    '',
    ' \t spaced \t {\ta = "1" , b="}{,=\\"" , } \t 1.5e-3 \t -1395066363000',
    'msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9',
    'metric_without_labels 12.47',
    'metric_without_labels{} NaN',
    'signs{a="\\x"} +Inf',
    'signs{a="-"} -Inf',
    'colons:in:a_name{e="é\\\u2028"} 1 # {e="\u2028"} 1',
    '',
  ].join('\n');
  expect(parseAs('further', text).others).toEqual([
    { metric: 'spaced', labels: { a: '1', b: '}{,="' }, value: '1.5e-3' },
    {
      metric: 'msdos_file_access_time_seconds',
      labels: { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
      value: '1.458255915e9',
    },
    { metric: 'metric_without_labels', labels: {}, value: '12.47' },
    { metric: 'metric_without_labels', labels: {}, value: 'NaN' },
    { metric: 'signs', labels: { a: '\\x' }, value: '+Inf' },
    { metric: 'signs', labels: { a: '-' }, value: '-Inf' },
    { metric: 'colons:in:a_name', labels: { e: 'é\\\u2028' }, value: '1' },
  ]);
});

test('an empty body is an answer without samples', () => {
  expect(parseAs('daemon', '')).toMatchObject({ rows: [], others: [], samples: 0 });
});

test('a line may have 65536 bytes', () => {
  const long = String.raw`\"x`.repeat(20_000);
  const line = `up{a="${long}"} 1`;
  expect(parseAs('further', `${line}\n`).others[0]?.labels['a']).toHaveLength(40_000);
  expect(() => parseAs('further', `up{a="${long}",b} 1\n`)).toThrow('cannot be read');
  const most = line + ' '.repeat((1 << 16) - line.length);
  expect(parseAs('further', `${most}\n${most}\n`).samples).toBe(2);
  expect(() => parseAs('further', `up 1\n${most} \nup 2\n`)).toThrow(
    new ExpositionError(2, 'it has more than 65536 bytes', 'too_large'),
  );
});

test('a body longer than a piece is read as one', () => {
  const text = Array.from({ length: 20_000 }, (_, index) => `up{n="${index}",e="é"} ${index}\n`).join('');
  expect(parseAs('further', text).others.map(({ value }) => Number(value))).toEqual(
    Array.from({ length: 20_000 }, (_, index) => index),
  );
  expect(() => parseAs('further', `${text}up{`)).toThrow('line 20001: "up{" is not a series and its value');
});

test('reading pauses between long lines', () => {
  const line = `up{a="${'x'.repeat(60_000)}"} 1\n`;
  const steps = createAnswerReader({ role: 'further', maxSamples: 100 })(Buffer.from(line.repeat(50)));
  let pauses = 0;
  while (steps.next().done !== true) pauses++;
  expect(pauses).toBeGreaterThanOrEqual(50);
});
