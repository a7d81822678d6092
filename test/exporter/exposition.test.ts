import { spawnSync } from 'node:child_process';
import {
  type Arbitrary,
  array,
  assert,
  constantFrom,
  oneof,
  property,
  record,
  sample,
  string,
  uint8Array,
} from 'fast-check';
import { expect, test } from 'vitest';
import { createExposition } from '../../exporter/exposition.ts';
import {
  containerDiskTable,
  containerInfo,
  containerNetworkTable,
  containerTable,
} from '../../exporter/metrics/container.ts';
import { processTable } from '../../exporter/metrics/process.ts';
import type { Table } from '../../exporter/metrics/spec.ts';
import { parseNetDev } from '../../exporter/parse/netDev.ts';
import { parseProcessStat } from '../../exporter/parse/processStat.ts';
import { labels, type Row, type Snapshot } from '../../exporter/snapshot.ts';
import { createAnswerParser } from '../../recorder/scrape/exposition.ts';
import { describeWith, needs } from '../support/needs.ts';

/** What others than kubemon call a container, its image and its parts. */
interface Names {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly image: string;
  readonly device: string;
  readonly interface: Uint8Array;
  readonly comm: Uint8Array;
}

/** Any text: of any characters, or of those that mean something to whoever reads an exposition. */
const anyText = oneof(
  string({ unit: 'binary' }),
  string({ unit: constantFrom(...Array.from('"\\\n\r{}=,# n1\u0000\u2028\uFEFF')) }),
);

const anyBytes = oneof(
  uint8Array({ maxLength: 64 }),
  anyText.map((text) => new TextEncoder().encode(text)),
);

const anyNames: Arbitrary<Names> = record({
  namespace: anyText,
  pod: anyText,
  container: anyText,
  image: anyText,
  device: anyText,
  interface: anyBytes,
  comm: anyBytes,
});

const render = createExposition('v2', { pageSize: 4096, clockTicks: 100 });

test.each(['text', 'openmetrics'] as const)('in %s any names come out as they went in', (format) => {
  assert(
    property(array(anyNames, { maxLength: 5 }), (all) => {
      const snapshot = snapshotOf(all);
      expect(readBack(snapshot, format)).toEqual(labelValues(snapshot));
    }),
  );
});

test('so does a name of five thousand characters', () => {
  const long = '"\\\n\u{1F40B}'.repeat(1250);
  const bytes = new TextEncoder().encode(long);
  const names = { namespace: long, pod: long, container: long, image: long, device: long };
  const snapshot = snapshotOf([{ ...names, interface: bytes, comm: bytes }]);
  expect(readBack(snapshot, 'text')).toEqual(labelValues(snapshot));
});

describeWith([needs.promtool], 'promtool', () => {
  test('has nothing to complain about names of any kind', () => {
    const input = [...render(snapshotOf(sample(anyNames, 250)), 'text')].join('');
    expect(input.length).toBeGreaterThan(250_000);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    // Newer promtools take seconds for what older ones do in no time.
  }, 60_000);
});

interface LabelValues {
  /** Each after the name of its table. */
  readonly rows: readonly (readonly string[])[];
  readonly infos: readonly (readonly string[])[];
  /** Lines and samples that are of none of them. */
  readonly more: number;
}

function labelValues({ tables, infos }: Snapshot): LabelValues {
  return {
    rows: tables.flatMap(({ table, rows }) => rows.map((each) => [table.name, ...each.labels.values])),
    infos: infos.flatMap(({ rows }) =>
      rows.map(({ identity, description }) => [...identity.values, ...description.values]),
    ),
    more: 0,
  };
}

/** What the recorder reads in the exposition. */
function readBack(snapshot: Snapshot, format: 'text' | 'openmetrics'): LabelValues {
  const text = [...render(snapshot, format)].join('');
  const answer = createAnswerParser({ role: 'daemon', maxSamples: 1000 })(Buffer.from(text));
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return {
    rows: answer.rows.map(({ table, labels: values }) => [table.name, ...values]),
    infos: answer.infos.map((info) => Object.values(info.labels)),
    more: lines.length - answer.samples + answer.others.length,
  };
}

/** A container with a disk, an interface and a process for each; their names may be alike. */
function snapshotOf(all: readonly Names[]): Snapshot {
  const containers = all.map((names, index) => {
    const identity = [names.namespace, names.pod, names.container, String(index).padStart(12, '0')];
    const interfaces = parseNetDev(Buffer.concat([head, names.interface, Buffer.from(': 1 2\n')]));
    const stat = parseProcessStat(Buffer.concat([Buffer.from('1 ('), names.comm, tail]));
    return { names, identity, interfaces, comm: stat?.comm ?? 'not parsed' };
  });
  const table = (of: Table, parts: (container: (typeof containers)[number]) => readonly string[]) => ({
    table: of,
    rows: containers.map((container): Row => row(of, [...container.identity, ...parts(container)])),
  });
  return {
    collectedAt: 0,
    seconds: 0,
    collectors: [],
    unavailable: [],
    tables: [
      table(containerTable, () => []),
      table(containerDiskTable, ({ names }) => [names.device]),
      {
        table: containerNetworkTable,
        rows: containers.flatMap(({ identity, interfaces }) =>
          interfaces.map((each) => row(containerNetworkTable, [...identity, each.interface])),
        ),
      },
      table(processTable, ({ comm }) => ['1', comm]),
    ],
    infos: [
      {
        scope: 'container',
        info: containerInfo,
        rows: containers.map(({ names, identity }) => ({
          identity: labels(containerTable.labels, identity),
          description: labels(containerInfo.labels, ['id', names.image, 'docker', '/', '', '1']),
        })),
      },
    ],
  };
}

const head = Buffer.from('Inter-|\n face |\n');
const tail = Buffer.from(`) S${' 1'.repeat(49)}\n`);

/** With one value for each of the table's metrics. */
function row(table: Table, values: readonly string[]): Row {
  const readings: Record<string, Record<string, number>> = {};
  for (const { source } of table.metrics) {
    const [file, field] = source.v2 ?? [];
    if (file !== undefined && field !== undefined) readings[file] = { ...readings[file], [field]: 1 };
  }
  return { labels: labels(table.labels, values), readings };
}
