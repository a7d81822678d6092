import { describe, expect, test } from 'vitest';
import { containerDiskTable, containerTable } from '../../../exporter/metrics/container.ts';
import { columnName } from '../../../exporter/metrics/index.ts';
import { nodeTable } from '../../../exporter/metrics/node.ts';
import { processTable } from '../../../exporter/metrics/process.ts';
import { valuesOf } from '../../../recorder/run/cell.ts';
import type { Row } from '../../../recorder/scrape/answer.ts';
import { parseAs } from './parseAs.ts';

/** The cells of a row that are not empty, by their columns. */
function cellsOf(row: Row): Readonly<Record<string, string>> {
  const values = valuesOf(row);
  return Object.fromEntries(
    row.table.metrics.flatMap((metric, index) => {
      const value = values[index];
      return value === undefined ? [] : [[columnName(metric), value]];
    }),
  );
}

const daemonText = `# HELP kubemon_node_cpu_seconds_total CPU time.
# TYPE kubemon_node_cpu_seconds_total counter
kubemon_node_cpu_seconds_total{mode="user"} 12.34
kubemon_node_cpu_seconds_total{mode="idle"} 9007199254740993.01
kubemon_node_load1 0.50
kubemon_node_info{hostname="node-1",kernel="6.1.0",boot_id="b",machine="x86_64",cgroup_version="2",page_size="4096",clock_ticks="100"} 1
kubemon_container_pids{namespace="shop",pod="web-0",container="app",container_id="0123456789ab"} 3
kubemon_container_disk_read_bytes_total{namespace="shop",pod="web-0",container="app",container_id="0123456789ab",device="vda"} 4096
kubemon_process_threads{namespace="shop",pod="web-0",container="app",container_id="0123456789ab",pid="42",comm="say \\"hi\\"\\\\\\n"} 7
kubemon_exporter_collected_timestamp_seconds 1767322445.000213
process_cpu_seconds_total 1.5
nodejs_version_info{version="v20.20.2"} 1
kubemon_node_unheard_of_total{mode="user"} 5
kubemon_container_pids{namespace="shop",pod="web-0",container="app",container_id="0123456789ab",zone="b"} 3
`;

describe('a daemon', () => {
  const answer = parseAs('daemon', daemonText);

  test('gives one row for each thing, its values as they are written', () => {
    expect(answer.rows.map(({ table, labels, key }) => [table.name, labels, key])).toEqual([
      ['node', [], ''],
      ['container', ['shop', 'web-0', 'app', '0123456789ab'], '0123456789ab'],
      ['container_disk', ['shop', 'web-0', 'app', '0123456789ab', 'vda'], '0123456789ab/vda'],
      ['process', ['shop', 'web-0', 'app', '0123456789ab', '42', 'say "hi"\\\n'], '0123456789ab/42'],
    ]);
    expect(answer.rows.map(cellsOf)).toEqual([
      { cpu_user_seconds_total: '12.34', cpu_idle_seconds_total: '9007199254740993.01', load1: '0.50' },
      { pids: '3' },
      { disk_read_bytes_total: '4096' },
      { threads: '7' },
    ]);
    expect(answer.rows.map((row) => valuesOf(row).length)).toEqual(
      [nodeTable, containerTable, containerDiskTable, processTable].map(({ metrics }) => metrics.length),
    );
  });

  test.each(['1.5', '-Inf', 'NaN', '9223372036854775808', '1e3'])(
    'of %s bytes or processes, which no column of whole numbers can hold, says so among the others',
    (value) => {
      const series = 'kubemon_container_disk_read_bytes_total';
      const labels = {
        namespace: 'shop',
        pod: 'web-0',
        container: 'app',
        container_id: '0123456789ab',
        device: 'vda',
      };
      const { rows, others } = parseAs('daemon', daemonText.replace(/(?<=device="vda"\} )4096/, value));
      expect(rows.map(({ table }) => table.name)).toEqual(['node', 'container', 'process']);
      expect(others).toContainEqual({ metric: series, labels, value });
    },
  );

  test.each(['-3', '9223372036854775807'])('of %s bytes is taken at its word', (value) => {
    const { rows } = parseAs('daemon', daemonText.replace(/(?<=device="vda"\} )4096/, value));
    expect(rows.map(cellsOf)).toContainEqual({ disk_read_bytes_total: value });
  });

  test('gives its descriptions, its own series and what the table does not know', () => {
    expect(answer.infos).toEqual([
      {
        name: 'kubemon_node_info',
        labels: {
          hostname: 'node-1',
          kernel: '6.1.0',
          boot_id: 'b',
          machine: 'x86_64',
          cgroup_version: '2',
          page_size: '4096',
          clock_ticks: '100',
        },
      },
    ]);
    expect([...answer.own]).toEqual([
      ['kubemon_exporter_collected_timestamp_seconds', '1767322445.000213'],
      ['process_cpu_seconds_total', '1.5'],
      ['nodejs_version_info{version="v20.20.2"}', '1'],
    ]);
    expect(answer.others).toEqual([
      { metric: 'kubemon_node_unheard_of_total', labels: { mode: 'user' }, value: '5' },
      {
        metric: 'kubemon_container_pids',
        labels: {
          namespace: 'shop',
          pod: 'web-0',
          container: 'app',
          container_id: '0123456789ab',
          zone: 'b',
        },
        value: '3',
      },
    ]);
    expect(answer.samples).toBe(12);
  });

  test('a label that is not there is the empty one', () => {
    const [row] = parseAs('daemon', 'kubemon_container_pids{container_id="0123456789ab"} 3\n').rows;
    expect(row?.labels).toEqual(['', '', '', '0123456789ab']);
  });

  test('a series that comes twice is an error: which value is true?', () => {
    const twice = 'kubemon_node_load1 1\nkubemon_node_load1 1\n';
    expect(() => parseAs('daemon', twice)).toThrow('invalid: line 2: "kubemon_node_load1" is there twice');
    expect(() => parseAs('daemon', 'process_threads 1\nprocess_threads 2\n')).toThrow('is there twice');
  });
});

test('of a further target everything is kept as it is, also what a kubemon exporter would call its own', () => {
  const answer = parseAs('further', `${daemonText}up 1\nup 1\n`);
  expect(answer.rows).toEqual([]);
  expect(answer.infos).toEqual([]);
  expect([...answer.own]).toEqual([]);
  expect(answer.others).toHaveLength(14);
  expect(answer.others.slice(-2)).toEqual([
    { metric: 'up', labels: {}, value: '1' },
    { metric: 'up', labels: {}, value: '1' },
  ]);
});
