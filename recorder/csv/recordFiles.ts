import type { Column } from '../run/manifest.ts';
import type { CsvFile } from './columns.ts';
import { labelColumns } from './labelColumns.ts';

/** The files that are not samples of the metric table. */
export const recordFiles: readonly CsvFile[] = [
  {
    name: 'containers.csv',
    help: 'One row for the life of a container, written when it ends or the run does.',
    columns: [
      ...labelColumns('node', 'namespace', 'pod', 'container', 'container_id'),
      label('id', 'Full id.'),
      label('pod_uid', 'Unique id of the pod.'),
      text('image', 'Image.'),
      text('runtime', 'Container runtime.'),
      text('cgroup', 'Path of the cgroup.'),
      text(
        'network_namespace',
        'Network namespace; containers that share one show the same network metrics.',
      ),
      time('born', 'When it started; the first tick that saw it, where its start is not known.'),
      time('died', 'First tick that no longer saw it. Empty: it was not seen to end.'),
    ],
  },
  {
    name: 'scrapes.csv',
    help: 'Every scrape, failed ones included: one row for each target a tick, and one for `recorder`, which is the recorder itself.',
    columns: [
      time('timestamp', 'The tick.'),
      ...labelColumns('node', 'target'),
      seconds(
        'requested_at',
        'time',
        'When the request was sent, by the clock of the recorder, since the epoch.',
      ),
      seconds(
        'answered_at',
        'time',
        'When the head of the answer came, by the clock of the recorder, since the epoch.',
      ),
      seconds(
        'collected_at',
        'time',
        'Start of collecting by the clock of the exporter, since the epoch; only kubemon exporters tell it.',
      ),
      seconds(
        'skew_seconds',
        'gauge',
        'collected_at - timestamp. Less clock_offset_seconds it is how far the sample was off its tick.',
      ),
      seconds(
        'clock_offset_seconds',
        'gauge',
        'Clock of the exporter - clock of the recorder; only kubemon exporters tell theirs.',
      ),
      seconds('clock_offset_error_seconds', 'gauge', 'Half the round trip: the offset is exact to this.'),
      seconds('collection_seconds', 'gauge', 'How long collecting took; only kubemon exporters tell it.'),
      whole('samples', 'Samples in the answer.'),
      { ...whole('bytes', 'Length of the answer, decompressed.'), unit: 'bytes' },
      whole('up', '1: the scrape succeeded; 0: it failed.'),
      text('error', 'Why it failed.'),
      seconds(
        'exporter_cpu_seconds_total',
        'counter',
        'CPU time of the kubemon exporter itself; of the recorder in its row.',
      ),
      {
        ...whole(
          'exporter_resident_memory_bytes',
          'Resident memory of the kubemon exporter itself; of the recorder in its row.',
        ),
        unit: 'bytes',
      },
    ],
  },
  {
    name: 'events.csv',
    help: 'What happened during the run: births and deaths, daemons joining and leaving, resets, gaps, clock steps, dropped ticks.',
    columns: [
      time('timestamp', 'The tick it was noticed on.'),
      text('kind', 'What happened.'),
      ...labelColumns('node', 'target'),
      label('subject', 'What it happened to: a container_id, container_id/pid, device, interface or file.'),
      text('detail', 'A sentence.'),
    ],
  },
  {
    name: 'marks.csv',
    help: 'Moments of the run that the user named.',
    columns: [time('timestamp', 'When.'), text('label', 'What the user called it.')],
  },
  {
    name: 'samples.csv',
    help: 'Series that the metric table does not know: one row a sample.',
    columns: [
      time('timestamp', 'The tick.'),
      ...labelColumns('node', 'target'),
      label('metric', 'Name of the metric.'),
      label('labels', 'Labels as JSON, sorted by name.'),
      {
        name: 'value',
        dtype: 'float64',
        kind: 'gauge',
        help: 'The value; counter or gauge as the target defines.',
      },
    ],
  },
];

function label(name: string, help: string): Column {
  return { name, dtype: 'string', kind: 'label', help };
}

function text(name: string, help: string): Column {
  return { name, dtype: 'string', kind: 'text', help };
}

function time(name: string, help: string): Column {
  return { name, dtype: 'timestamp', kind: 'time', help };
}

function seconds(name: string, kind: Column['kind'], help: string): Column {
  return { name, dtype: 'float64', kind, unit: 'seconds', help };
}

function whole(name: string, help: string): Column {
  return { name, dtype: 'Int64', kind: 'gauge', help };
}
