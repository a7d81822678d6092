import { describe, expect, test } from 'vitest';
import { type CsvFileName, csvFiles } from '../../../recorder/csv/columns.ts';
import type { Column } from '../../../recorder/run/manifest.ts';
import { fileNamed } from './fileNamed.ts';

test('the files of a run', () => {
  expect(csvFiles.map(({ name }) => name)).toEqual([
    'node.csv',
    'node_disk.csv',
    'node_network.csv',
    'container.csv',
    'container_disk.csv',
    'container_network.csv',
    'process.csv',
    'containers.csv',
    'scrapes.csv',
    'events.csv',
    'marks.csv',
    'samples.csv',
  ]);
});

function names(file: CsvFileName): string {
  return fileNamed(file)
    .columns.map(({ name }) => name)
    .join(' ');
}

function processColumn(name: string): Column | undefined {
  return fileNamed('process.csv').columns.find((column) => column.name === name);
}

describe('the columns', () => {
  test('of sample files: when, where, what, then the metrics', () => {
    expect(names('node.csv')).toMatch(
      /^timestamp collected_at node context_switches_total interrupts_total soft_interrupts_total cpu_user_seconds_total cpu_nice_seconds_total .* cpu_guest_user_seconds_total cpu_guest_nice_seconds_total /,
    );
    expect(names('container_network.csv')).toBe(
      'timestamp collected_at node namespace pod container container_id interface' +
        ' network_receive_bytes_total network_receive_packets_total network_receive_errors_total network_receive_drops_total' +
        ' network_transmit_bytes_total network_transmit_packets_total network_transmit_errors_total network_transmit_drops_total',
    );
    expect(names('process.csv')).toMatch(
      /^timestamp collected_at node namespace pod container container_id pid comm cpu_user_seconds_total /,
    );
  });

  test('of the other files', () => {
    expect(names('scrapes.csv')).toBe(
      'timestamp node target requested_at answered_at collected_at skew_seconds clock_offset_seconds' +
        ' clock_offset_error_seconds collection_seconds samples bytes up error exporter_cpu_seconds_total' +
        ' exporter_resident_memory_bytes',
    );
    expect(names('samples.csv')).toBe('timestamp node target metric labels value');
    expect(names('events.csv')).toBe('timestamp kind node target subject detail');
    expect(names('marks.csv')).toBe('timestamp label');
    expect(names('containers.csv')).toBe(
      'node namespace pod container container_id id pod_uid image runtime cgroup network_namespace born died',
    );
  });

  test('say how to read them', () => {
    expect(processColumn('timestamp')).toMatchObject({ dtype: 'timestamp', kind: 'time' });
    expect(processColumn('container_id')).toMatchObject({ dtype: 'string', kind: 'label' });
    expect(processColumn('pid')).toMatchObject({ dtype: 'string', kind: 'label' });
    expect(processColumn('cpu_user_seconds_total')).toEqual({
      name: 'cpu_user_seconds_total',
      dtype: 'float64',
      kind: 'counter',
      unit: 'seconds',
      help: 'CPU time in user mode, all threads.',
    });
    expect(processColumn('memory_resident_bytes')).toMatchObject({
      dtype: 'Int64',
      kind: 'gauge',
      unit: 'bytes',
    });
    expect(processColumn('threads')).toEqual({
      name: 'threads',
      dtype: 'Int64',
      kind: 'gauge',
      help: 'Threads.',
    });
  });

  test('are all explained', () => {
    const unexplained = csvFiles.flatMap(({ columns }) => columns.filter(({ help }) => help === ''));
    expect(unexplained).toEqual([]);
  });
});
