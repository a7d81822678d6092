import { dashboard } from './dashboard.ts';
import { nodeLink } from './links.ts';
import { lines, stat, table, timeline } from './panels.ts';
import { max, ofNode, rate, selectors, sum, top } from './series.ts';

const filters = ['cluster', 'node'] as const;
const { exporter, recorder } = selectors(filters);

/** Whole numbers: Prometheus extrapolates to the ends of the range. */
const whileShown = (selector: string) => `round(sum(increase(${selector}[$__range])))`;
const ticks = (state: string) => recorder('kubemon_recorder_ticks_total', `state="${state}"`);
const skew = recorder('kubemon_recorder_skew_seconds');
const scrapes = (result: string) => recorder('kubemon_recorder_scrapes_total', `result="${result}"`);

/** Metrics that every process of Node.js has, of the exporters alone or the recorder alone. */
const ofExporters = (expression: string) =>
  sum(ofNode, `${expression} and on (cluster, instance, job) ${exporter('kubemon_exporter_build_info')}`);
const ofRecorder = (expression: string) =>
  sum(
    ['cluster', 'instance'],
    `${expression} and on (cluster, instance, job) ${recorder('kubemon_recorder_build_info')}`,
  );

export const recordingDashboard = dashboard({
  uid: 'kubemon-recording',
  title: 'kubemon / Recording',
  description: 'Is the experiment being recorded properly, and what does the recording cost?',
  filters,
  rows: [
    {
      title: 'Recording',
      panels: [
        stat({
          title: 'Runs being recorded',
          unit: 'none',
          queries: [
            { expr: `count(${recorder('kubemon_recorder_run_active')}) or vector(0)`, legend: 'runs' },
          ],
        }),
        stat({
          title: 'Daemons',
          description: 'Connected, and expected.',
          unit: 'none',
          queries: [
            { expr: `sum(${recorder('kubemon_recorder_daemons_connected')})`, legend: 'connected' },
            { expr: `sum(${recorder('kubemon_recorder_daemons_expected')})`, legend: 'expected' },
          ],
        }),
        stat({
          title: 'Ticks',
          description: 'In the time shown.',
          unit: 'none',
          queries: [
            { expr: whileShown(ticks('done')), legend: 'done' },
            { expr: whileShown(ticks('dropped')), legend: 'dropped' },
          ],
        }),
        stat({
          title: 'Scrapes',
          description: 'In the time shown.',
          unit: 'none',
          queries: [
            { expr: whileShown(scrapes('up')), legend: 'up' },
            { expr: whileShown(scrapes('failed')), legend: 'failed' },
          ],
        }),
        stat({
          title: 'Runs that have ended',
          description: 'By verdict, since the recorder was started.',
          unit: 'none',
          width: 8,
          queries: [
            { expr: sum(['verdict'], recorder('kubemon_recorder_runs_total')), legend: '{{verdict}}' },
          ],
        }),
        timeline({
          title: 'Runs',
          unit: 'none',
          nothing: 'No run was recorded in this time.',
          queries: [{ expr: max(['run'], recorder('kubemon_recorder_run_active')), legend: '{{run}}' }],
        }),
        lines({
          title: 'Ticks and scrapes',
          unit: 'ops',
          queries: [
            {
              expr: sum(['state'], rate(recorder('kubemon_recorder_ticks_total'))),
              legend: 'ticks {{state}}',
            },
            {
              expr: sum(['result'], rate(recorder('kubemon_recorder_scrapes_total'))),
              legend: 'scrapes {{result}}',
            },
          ],
        }),
        lines({
          title: 'Alignment: collected after the tick',
          description:
            "The ten targets farthest from the tick, by the exporters' own clocks: below 0 the clock is behind. The run's own figures take off what it is ahead or behind.",
          unit: 's',
          signed: true,
          nothing: 'Nothing is recorded.',
          queries: [{ expr: `${skew} and ${top(10, `abs(${skew})`)}`, legend: '{{target}}' }],
        }),
        lines({
          title: 'Daemons over time',
          unit: 'none',
          queries: [
            { expr: `sum(${recorder('kubemon_recorder_daemons_connected')})`, legend: 'connected' },
            { expr: `sum(${recorder('kubemon_recorder_daemons_expected')})`, legend: 'expected' },
          ],
        }),
        lines({
          title: 'Rows written',
          unit: 'wps',
          queries: [{ expr: `sum(${rate(recorder('kubemon_recorder_rows_total'))})`, legend: 'rows' }],
        }),
      ],
    },
    {
      title: 'What it costs',
      panels: [
        lines({
          title: 'CPU of the exporters',
          unit: 'suffix: cores',
          links: [nodeLink('line')],
          queries: [{ expr: ofExporters(rate(exporter('process_cpu_seconds_total'))), legend: '{{node}}' }],
        }),
        lines({
          title: 'Memory of the exporters',
          unit: 'bytes',
          links: [nodeLink('line')],
          queries: [{ expr: ofExporters(exporter('process_resident_memory_bytes')), legend: '{{node}}' }],
        }),
        lines({
          title: 'Time of a collection',
          unit: 's',
          queries: [
            { expr: max(ofNode, exporter('kubemon_exporter_collection_seconds')), legend: '{{node}}' },
          ],
        }),
        lines({
          title: 'Time of each collector',
          unit: 's',
          queries: [
            {
              expr: max([...ofNode, 'collector'], exporter('kubemon_exporter_collector_duration_seconds')),
              legend: '{{node}} {{collector}}',
            },
          ],
        }),
        lines({
          title: 'CPU of the recorder',
          unit: 'suffix: cores',
          queries: [
            { expr: ofRecorder(rate(recorder('process_cpu_seconds_total'))), legend: '{{instance}}' },
          ],
        }),
        lines({
          title: 'Memory of the recorder',
          unit: 'bytes',
          queries: [{ expr: ofRecorder(recorder('process_resident_memory_bytes')), legend: '{{instance}}' }],
        }),
      ],
    },
    {
      title: 'What is missing',
      panels: [
        table({
          title: 'Exporters',
          hidden: ['cluster'],
          width: 12,
          links: [nodeLink('cell')],
          columns: [
            {
              expr: `${max([...ofNode, 'version', 'node_version'], exporter('kubemon_exporter_build_info'))} * on (${ofNode.join(', ')}) group_left () min by (${ofNode.join(', ')}) (${exporter('kubemon_exporter_collector_success')})`,
              legend: 'All collectors succeed',
              unit: 'bool_yes_no',
            },
          ],
        }),
        table({
          title: 'Metrics that are missing',
          description: 'METRICS.md explains the reasons.',
          width: 12,
          hidden: ['Value'],
          nothing: 'Nothing is missing.',
          columns: [
            {
              expr: max([...ofNode, 'metric', 'reason'], exporter('kubemon_exporter_unavailable')),
              legend: 'Value',
              unit: 'none',
            },
          ],
        }),
      ],
    },
  ],
});
