import { dashboard } from './dashboard.ts';
import { lines, table } from './panels.ts';
import { ofProcess, rate, selectors, sum, top } from './series.ts';
import { topVariable } from './variables.ts';

const filters = ['cluster', 'node', 'namespace', 'pod', 'container', 'container_id'] as const;
const { process } = selectors(filters);

const label = '{{node}} {{pod}} {{container}} {{comm}} {{pid}}';
const perSecond = (name: string) => sum(ofProcess, rate(process(name)));
const gauge = (name: string) => sum(ofProcess, process(name));
/** That of the job of processes: where it is scraped more often, its lines are the smoother for it. */
const interval = '30s';
const busiest = (title: string, unit: string, expression: string, description?: string) =>
  lines({
    title,
    unit,
    queries: [{ expr: top('$top', expression), legend: label, interval }],
    ...(description !== undefined && { description }),
  });

const cpu = sum(
  ofProcess,
  `${rate(process('cpu_user_seconds_total'))} + ${rate(process('cpu_system_seconds_total'))}`,
);
const resident = gauge('memory_resident_bytes');
const io = sum(
  ofProcess,
  `${rate(process('io_read_bytes_total'))} + ${rate(process('io_written_bytes_total'))}`,
);
const hidden = ['cluster', 'container_id'];

export const processDashboard = dashboard({
  uid: 'kubemon-process',
  title: 'kubemon / Process',
  description: 'The busiest processes of the containers chosen.',
  filters,
  furtherVariables: [topVariable()],
  rows: [
    {
      title: 'Now',
      panels: [
        table({
          title: 'By CPU',
          hidden,
          width: 12,
          columns: [{ expr: top('$top', cpu), legend: 'CPU (cores)', unit: 'short', interval }],
        }),
        table({
          title: 'By memory',
          hidden,
          width: 12,
          columns: [{ expr: top('$top', resident), legend: 'Resident', unit: 'bytes', interval }],
        }),
        table({
          title: 'By disk',
          hidden,
          width: 12,
          columns: [{ expr: top('$top', io), legend: 'Read and written', unit: 'Bps', interval }],
        }),
        table({
          title: 'By threads',
          hidden,
          width: 12,
          columns: [{ expr: top('$top', gauge('threads')), legend: 'Threads', unit: 'none', interval }],
        }),
      ],
    },
    {
      title: 'Over time',
      panels: [
        busiest('CPU', 'suffix: cores', cpu),
        busiest(
          'CPU of children that ended',
          'suffix: cores',
          sum(
            ofProcess,
            `${rate(process('children_cpu_user_seconds_total'))} + ${rate(process('children_cpu_system_seconds_total'))}`,
          ),
          'Of shells and the like, whose children are gone before they are seen.',
        ),
        busiest('Resident memory', 'bytes', resident),
        busiest('Page faults', 'ops', perSecond('page_faults_total')),
        busiest('Read from storage', 'Bps', perSecond('io_read_bytes_total')),
        busiest('Written to storage', 'Bps', perSecond('io_written_bytes_total')),
        busiest('Read system calls', 'ops', perSecond('io_reads_total')),
        busiest('Write system calls', 'ops', perSecond('io_writes_total')),
      ],
    },
  ],
});
