import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvFiles } from '../../../recorder/csv/columns.ts';
import { containerLines, eventLines, markLines, scrapeLines } from '../../../recorder/csv/recordLines.ts';
import { type CsvLines, createAnswerWriter, header, isoTime } from '../../../recorder/csv/rows.ts';
import type { Answer } from '../../../recorder/scrape/answer.ts';
import { createAnswerParser } from '../../../recorder/scrape/exposition.ts';
import { ownRecord } from '../../../recorder/run/scrapeRecord.ts';
import { fileNamed } from './fileNamed.ts';

const moment = { timestamp: 1767322445, collectedAt: '1767322445.000213', node: 'node-1', target: 'node-1' };

function answerOf(text: string): Answer {
  return createAnswerParser({ role: 'daemon', maxSamples: 1000 })(Buffer.from(text));
}

/** The lines as a reader of RFC 4180 sees them, empty cells left out. */
function read({ file, text, rows }: CsvLines): readonly Readonly<Record<string, string>>[] {
  const records: Record<string, string>[] = parse(header(fileNamed(file)) + text, { columns: true });
  expect(records).toHaveLength(rows);
  return records.map((record) =>
    Object.fromEntries(Object.entries(record).filter(([, cell]) => cell !== '')),
  );
}

describe('an answer', () => {
  const text = `kubemon_node_load1 0.50
kubemon_process_threads{namespace="shop",pod="web-0",container="app",container_id="001234567890",pid="42",comm="a,b"} 7
kubemon_process_threads{namespace="shop",pod="web-0",container="app",container_id="001234567890",pid="43",comm="sh"} 1
kubemon_process_memory_size_bytes{namespace="shop",pod="web-0",container="app",container_id="001234567890",pid="42",comm="a,b"} 9007199254740993
kubemon_exporter_build_info{version="0.1.0"} 1
new_metric{z="1",a="x,\\"y\\""} +Inf
`;
  const lines = createAnswerWriter()(answerOf(text), moment);

  test('becomes lines of the files of its things, and of samples.csv', () => {
    expect(lines.map(({ file, rows }) => [file, rows])).toEqual([
      ['node.csv', 1],
      ['process.csv', 2],
      ['samples.csv', 1],
    ]);
    const process = {
      timestamp: '2026-01-02T02:54:05.000Z',
      collected_at: '1767322445.000213',
      node: 'node-1',
      namespace: 'shop',
      pod: 'web-0',
      container: 'app',
      container_id: '001234567890',
    };
    expect(lines.map(read)).toEqual([
      [
        {
          timestamp: '2026-01-02T02:54:05.000Z',
          collected_at: '1767322445.000213',
          node: 'node-1',
          load1: '0.50',
        },
      ],
      [
        { ...process, pid: '42', comm: 'a,b', threads: '7', memory_size_bytes: '9007199254740993' },
        { ...process, pid: '43', comm: 'sh', threads: '1' },
      ],
      [
        {
          timestamp: '2026-01-02T02:54:05.000Z',
          node: 'node-1',
          target: 'node-1',
          metric: 'new_metric',
          labels: '{"a":"x,\\"y\\"","z":"1"}',
          value: '+Inf',
        },
      ],
    ]);
  });

  test('only what needs quotes has them; lines end in LF', () => {
    const start = '2026-01-02T02:54:05.000Z,1767322445.000213,node-1,shop,web-0,app,001234567890';
    expect(lines[1]?.text).toBe(
      `${start},42,"a,b",,,,,,,,7,,9007199254740993,,,,,,,,,,,,,,,\n${start},43,sh,,,,,,,,1,,,,,,,,,,,,,,,,,\n`,
    );
  });

  test('without the clock of the exporter has an empty collected_at', () => {
    const [line] = createAnswerWriter()(answerOf('kubemon_node_load1 1\n'), {
      ...moment,
      collectedAt: undefined,
    });
    expect(line && read(line)).toEqual([
      { timestamp: '2026-01-02T02:54:05.000Z', node: 'node-1', load1: '1' },
    ]);
  });
});

/** The cell of a process that calls itself so. */
function commOf(comm: string): string | undefined {
  const escaped = comm.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  const text = `kubemon_process_threads{container_id="c",pid="1",comm="${escaped}"} 1\n`;
  const [line] = createAnswerWriter()(answerOf(text), moment);
  return line && (read(line)[0]?.['comm'] ?? '');
}

describe('text cells', () => {
  test.each(['=1+1', '+1', '-bash', '@x', '\tx', '\rx'])(
    '%j is no formula: an apostrophe comes first',
    (comm) => {
      expect(commOf(comm)).toBe(`'${comm}`);
    },
  );

  test('any other text comes out of exposition and CSV as it went in', { timeout: 60_000 }, () => {
    // The first character of a formula; the last four are their full-width forms.
    const formula = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
    const comm = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '\\', "'", '{', '}', ' ', 'é', '=') }),
    );
    fc.assert(
      fc.property(comm, (value) => {
        expect(commOf(value)).toBe(formula.test(value) ? `'${value}` : value);
      }),
    );
  });

  test('labels of samples.csv are JSON that gives them back', () => {
    const label = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(label, (value) => {
        const answer = {
          ...answerOf(''),
          others: [{ metric: 'm', labels: { b: value, a: '' }, value: '1' }],
        };
        const [line] = createAnswerWriter()(answer, moment);
        const cell = line && read(line)[0]?.['labels'];
        expect(JSON.parse(cell ?? '')).toEqual({ a: '', b: value });
      }),
    );
  });
});

describe('records', () => {
  test('a scrape, and one that failed', () => {
    const scrape = {
      timestamp: 1767322445,
      node: 'node-1',
      target: 'node-1',
      requestedAt: 1767322444.5000002,
      answeredAt: 1767322444.501,
      collectedAt: '1767322445.000213',
      skewSeconds: 0.000213146,
      clockOffsetSeconds: -0.0012345678,
      clockOffsetErrorSeconds: 0.00049,
      collectionSeconds: '0.0151',
      samples: 27000,
      bytes: 4806274,
      up: true,
      error: undefined,
      exporterCpuSeconds: '1.25',
      exporterResidentMemoryBytes: '73400320',
    };
    const failed = {
      ...Object.fromEntries(Object.keys(scrape).map((key) => [key, undefined])),
      timestamp: 1767322450,
      node: '',
      target: 'app',
      requestedAt: 1767322449.5,
      bytes: 0,
      up: false,
      error: 'timeout: no answer, by the deadline',
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys are those of a scrape
    expect(read(scrapeLines([scrape, failed as unknown as typeof scrape]))).toEqual([
      {
        timestamp: '2026-01-02T02:54:05.000Z',
        node: 'node-1',
        target: 'node-1',
        requested_at: '1767322444.5',
        answered_at: '1767322444.501',
        collected_at: '1767322445.000213',
        skew_seconds: '0.000213',
        clock_offset_seconds: '-0.001235',
        clock_offset_error_seconds: '0.00049',
        collection_seconds: '0.0151',
        samples: '27000',
        bytes: '4806274',
        up: '1',
        exporter_cpu_seconds_total: '1.25',
        exporter_resident_memory_bytes: '73400320',
      },
      {
        timestamp: '2026-01-02T02:54:10.000Z',
        target: 'app',
        requested_at: '1767322449.5',
        bytes: '0',
        up: '0',
        error: 'timeout: no answer, by the deadline',
      },
    ]);
  });

  test.each([
    { told: '-5', shown: '-5' },
    { told: '+0.5', shown: '0.5' },
    { told: '-Inf', shown: '-Infinity' },
    { told: 'NaN', shown: 'NaN' },
  ])('what an exporter tells of itself stays a number: $told', ({ told, shown }) => {
    const record = {
      ...ownRecord(1767322445),
      collectedAt: told,
      collectionSeconds: told,
      exporterCpuSeconds: told,
    };
    expect(read(scrapeLines([record]))[0]).toMatchObject({
      collected_at: shown,
      collection_seconds: shown,
      exporter_cpu_seconds_total: shown,
    });
  });

  test.each(['1.5', '-Inf', 'NaN', '1e300'])('resident memory of %s bytes is no such', (told) => {
    const record = { ...ownRecord(1767322445), exporterResidentMemoryBytes: told };
    expect(read(scrapeLines([record]))[0]?.['exporter_resident_memory_bytes']).toBeUndefined();
  });

  test('an event, a mark, the life of a container', () => {
    const event = {
      timestamp: 1767322445,
      kind: 'process_died',
      node: 'node-1',
      target: 'node-1',
      subject: '0123456789ab/42',
      detail: 'sh ended.',
    } as const;
    expect(read(eventLines([event]))).toEqual([{ ...event, timestamp: '2026-01-02T02:54:05.000Z' }]);
    expect(read(markLines([{ timestamp: 1767322445.1234, label: '=load on' }]))).toEqual([
      { timestamp: '2026-01-02T02:54:05.123Z', label: "'=load on" },
    ]);
    const life = {
      node: 'node-1',
      namespace: 'shop',
      pod: 'web-0',
      container: 'app',
      containerId: '012345678901',
      id: '0123456789012345678901234567890123456789012345678901234567890123',
      podUid: 'uid',
      image: 'app:1',
      runtime: 'docker',
      cgroup: '/docker/0123',
      networkNamespace: '4026532000',
      born: 1767322440.25,
      died: undefined,
    };
    expect(read(containerLines([life]))).toEqual([
      {
        node: 'node-1',
        namespace: 'shop',
        pod: 'web-0',
        container: 'app',
        container_id: '012345678901',
        id: life.id,
        pod_uid: 'uid',
        image: 'app:1',
        runtime: 'docker',
        cgroup: '/docker/0123',
        network_namespace: '4026532000',
        born: '2026-01-02T02:54:00.250Z',
      },
    ]);
  });
});

test('a time is written to the nearest millisecond', () => {
  expect(isoTime(1767322445.0999999)).toBe('2026-01-02T02:54:05.100Z');
});

test('no file has a column twice', () => {
  for (const { columns } of csvFiles) {
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
  }
});
