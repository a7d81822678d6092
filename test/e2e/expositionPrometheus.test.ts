import { once } from 'node:events';
import { createServer } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAnswerParser } from '../../recorder/scrape/exposition.ts';
import { describeWith, needs } from '../support/needs.ts';
import { startPrometheusWith } from '../support/prometheus.ts';
import { until } from '../support/until.ts';

/** What came of a body: undefined where it was refused, else its samples as series and number. */
type Reading = readonly string[] | undefined;

/** Lines that are right, and what hostile and careless exporters make of them. */
const token = fc.constantFrom(
  'mem',
  'a:b',
  '_x',
  '0a',
  'é',
  '{',
  '}',
  '{}',
  'l="v"',
  'l="\\\\\\n\\""',
  'm="é"',
  'l=""',
  'l="\\x"',
  ',',
  '=',
  '"',

  ' ',
  '\t',
  '  ',
  '\r',
  '\n',
  '\n\n',
  '#',
  '# HELP mem x\n',
  '# TYPE mem counter\n',
  '# TYPE mem odd\n',
  '# x',
  '\0',

  '1',
  '1e3',
  '.5',
  '5.',
  '-0',
  '+1',
  'NaN',
  'nan',
  '+Inf',
  '-inf',
  'infinity',
  '1e999',
  '1e-999',
  '0x1p-2',
  '0x10',
  '1_0',
  '--1',
  'one',

  '1395066363000',
  '-1',
  '1.5',
  '# {trace_id="x"} 1',
  '# EOF\n',
  '\\',
  '\ufeff',
  '\u2028',
);
const label = fc
  .tuple(
    fc.constantFrom('a', 'b', '_c', 'le'),
    fc.constantFrom('', 'v', 'é', '\\\\', '\\"', '\\n', '\\t', '}', '#', ' '),
  )
  .map(([name, value]) => `${name}="${value}"`);
const blanks = fc.constantFrom('', '', ' ', '\t', '  ');
const sample = fc
  .record({
    name: fc.constantFrom('mem', 'a:b', '_x', 'http_requests_total'),
    labels: fc.uniqueArray(label, { maxLength: 3, selector: (text) => text.split('=')[0] }),
    blanks: fc.tuple(blanks, blanks, blanks, blanks),
    comma: fc.constantFrom('', ','),
    value: fc.constantFrom(
      '1',
      '0.5',
      '-1e3',
      'NaN',
      '+Inf',
      '-Inf',
      '1e308',
      '5e-324',
      '123456789012345678',
    ),
    timestamp: fc.constantFrom('', '', ' 0', ' 1395066363000', '\t7'),
  })
  .map(({ name, labels, blanks: [b1, b2, b3, b4], comma, value, timestamp }) => {
    const told = labels.length === 0 ? '' : `{${b1}${labels.join(`${b2},${b3}`)}${comma}${b4}}`;
    return `${b1}${name}${b2}${told} ${value}${timestamp}\n`;
  });
const body = fc.oneof(
  { weight: 3, arbitrary: fc.array(sample, { maxLength: 3 }).map((lines) => lines.join('')) },
  {
    weight: 2,
    arbitrary: fc.tuple(sample, fc.nat(), token).map(([line, at, odd]) => inserted(line, at, odd)),
  },
  { weight: 1, arbitrary: fc.tuple(sample, fc.nat()).map(([line, at]) => without(line, at)) },
  { weight: 1, arbitrary: fc.array(token, { maxLength: 6 }).map((tokens) => `${tokens.join('')}\n`) },
);

function inserted(line: string, at: number, odd: string): string {
  const place = at % line.length;
  return line.slice(0, place) + odd + line.slice(place);
}

function without(line: string, at: number): string {
  const place = at % line.length;
  return line.slice(0, place) + line.slice(place + 1);
}

/** Where we read other than Prometheus on purpose: what such a body matches, and why. */
const byDesign: readonly { readonly body: RegExp; readonly why: string }[] = [
  { body: /\0/, why: 'Prometheus takes NUL for the end of the body, and would hide what is behind it' },
  {
    body: /^[ \t]*[a-zA-Z_:][\w:]*[ \t]*[^\w:{ \t\n]/m,
    why: 'Prometheus needs nothing between a name and a value, as in up-1; the text format does',
  },
  {
    body: /[ \t}][\w.+-]+[ \t]+([+-]\d+|\d*[.e]\S*|\d{19,})[ \t]*$/im,
    why: 'timestamps are left out, so those of OpenMetrics and those that are none do no harm',
  },
  { body: /="(?:[^"\\\n]|\\[^\n])*\\?\n/, why: 'the text format has line ends in labels escaped' },
  { body: /"[ \t]*[a-zA-Z_]\w*[ \t]*=/, why: 'the text format has commas between labels' },
  { body: /[^\n]$/, why: 'a body without a line end at its end may have been cut short' },
  { body: /# TYPE \w+ odd/, why: 'comments are not read, so a type that there is not does no harm' },
  { body: /# ?\{/, why: 'exemplars are left out, in the text format too' },
];

describeWith([needs.prometheus], 'beside the real Prometheus', () => {
  test('the same bytes are accepted or refused, and hold the same samples', async () => {
    const bodies = fc.sample(body, { numRuns: 600, seed: 20_260_101 });
    const isDesign = (text: string): boolean => byDesign.some((each) => each.body.test(text));
    // Most bodies are compared, and of those some are refused and most are not.
    expect(bodies.filter(isDesign).length).toBeLessThan(bodies.length / 2);
    const theirs = await readByPrometheus(bodies);
    const differing = bodies.flatMap((text, index) => {
      const ours = readByUs(text);
      const other = theirs[index];
      const isRight = JSON.stringify(ours) === JSON.stringify(other);
      return isRight || isDesign(text) ? [] : [{ text, ours, theirs: other }];
    });
    expect(differing).toEqual([]);
    expect(theirs.filter((each) => each === undefined).length).toBeGreaterThan(50);
    expect(theirs.filter((each) => each !== undefined && each.length > 0).length).toBeGreaterThan(200);
  });
});

function readByUs(text: string): Reading {
  try {
    const { others } = createAnswerParser({ role: 'further', maxSamples: 1000 })(Buffer.from(text));
    return readingOf(others.map(({ metric, labels, value }) => ({ ...labels, __name__: metric, value })));
  } catch {
    return undefined;
  }
}

/** Of a series that is there twice the first; labels without a value are none. */
function readingOf(samples: readonly Readonly<Record<string, string>>[]): readonly string[] {
  const read = new Map<string, string>();
  for (const { value = '', ...labels } of samples) {
    const series = JSON.stringify(
      Object.entries(labels)
        .filter(([, text]) => text !== '')
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
    if (!read.has(series))
      read.set(series, String(Number(value.replace(/inf(inity)?/i, 'Infinity').replace(/nan/i, 'NaN'))));
  }
  return Array.from(read, ([series, value]) => `${series} ${value}`).toSorted();
}

/** Body N is served at /N and scraped as the job of that name. */
async function readByPrometheus(bodies: readonly string[]): Promise<readonly Reading[]> {
  const server = createServer(({ url = '' }, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end(bodies[Number(url.slice(1))]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  const target = { targets: [`127.0.0.1:${address.port}`] };
  const jobs = bodies.map((_, index) => ({
    job_name: `job${index}`,
    metrics_path: `/${index}`,
    scrape_interval: '5s',
    honor_labels: true,
    honor_timestamps: false,
    static_configs: [target],
  }));
  const prometheus = await startPrometheusWith(JSON.stringify({ scrape_configs: jobs }));
  try {
    const isDone = async (): Promise<boolean> => {
      const [scraped] = await prometheus.query('count(scrape_duration_seconds)');
      return Number(scraped?.value[1]) === bodies.length;
    };
    await until('every body has been scraped', isDone);
    const up = new Map(
      (await prometheus.query('up{instance!=""}')).map(({ metric, value }) => [metric['job'], value[1]]),
    );
    const told = await prometheus.query('{__name__!="",job!=""}');
    return bodies.map((_, index) => {
      const job = `job${index}`;
      if (up.get(job) !== '1') return undefined;
      // Blanks before a name are part of it to Prometheus.
      const samples = told.filter(({ metric }) => metric['job'] === job && !isOwn(metric));
      return readingOf(
        samples.map(({ metric, value: [, value] }) => ({
          ...metric,
          __name__: metric['__name__']?.trim() ?? '',
          job: '',
          instance: '',
          value,
        })),
      );
    });
  } finally {
    await prometheus.stop();
    server.close();
    server.closeAllConnections();
  }
}

/** Of the samples that Prometheus adds to each scrape. */
function isOwn({ __name__ = '' }: Readonly<Record<string, string>>): boolean {
  return __name__ === 'up' || __name__.startsWith('scrape_');
}
