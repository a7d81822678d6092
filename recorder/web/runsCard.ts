import type { RunsAnswer, RunStatus, RunSummary } from '../api.ts';
import { h } from './dom.ts';
import { badge, downloadLink, named, runLink, section, table } from './parts.ts';
import { bytes, count, milliseconds, moment, share, span, unknown } from './quantity.ts';
import type { Acts } from './acts.ts';
import type { State } from './state.ts';

/** The runs on this recorder, the last one first. */
export function runsCard({ runs, status, isBusy }: State, acts: Acts): HTMLElement {
  if (runs === undefined) return section('Runs', h('p', { class: 'empty' }, 'Reading…'));
  const failures = failuresOf(runs);
  if (runs.runs.length === 0 && failures.length === 0) {
    return section('Runs', h('p', { class: 'empty' }, 'There is none yet. Start one above.'));
  }
  return section(
    'Runs',
    failures.length > 0 && h('p', { class: 'bad' }, failures.join(' ')),
    table(
      'Runs, the last one first',
      [
        { head: 'Run' },
        { head: 'Verdict' },
        { head: 'Length', is: 'wide number' },
        { head: 'Ticks', is: 'wide number' },
        { head: 'Coverage', is: 'wide number' },
        { head: 'Alignment p99', is: 'wide number' },
        { head: 'Size', is: 'wide number' },
        { head: '' },
      ],
      runs.runs
        .toReversed()
        .map((run) => ({ key: run.run, cells: cellsOf(upToDate(run, status?.recording), acts, isBusy) })),
    ),
  );
}

/** What could not be read, and who did not answer: sentences. */
function failuresOf({ failures = [], shards = [] }: RunsAnswer): readonly string[] {
  const silent = shards.flatMap(({ shard, problem }) =>
    problem === undefined ? [] : [`Nothing is known of shard ${shard} of ${shards.length}: ${problem}`],
  );
  return [...failures, ...silent];
}

/** What lies in the folder of a run that is on tells of its beginning. */
function upToDate(summary: RunSummary, recording: RunStatus | undefined): RunSummary {
  if (recording?.run !== summary.run) return summary;
  const { ticks, bytes: size, coverage, alignmentP99Seconds } = recording;
  return {
    ...summary,
    ticks: ticks.done,
    bytes: size,
    ...(coverage !== undefined && { coverage }),
    ...(alignmentP99Seconds !== undefined && { alignmentP99Seconds }),
  };
}

function cellsOf(summary: RunSummary, acts: Acts, isBusy: boolean) {
  const { run, state, start, stop, ticks, coverage, alignmentP99Seconds, verdict } = summary;
  return [
    named(runLink(run), `${moment(start)} UTC`),
    h(
      'span',
      {},
      badge(verdict ?? state),
      h('small', { class: 'narrow' }, `${share(coverage)}, ${milliseconds(alignmentP99Seconds)}`),
    ),
    stop === undefined ? unknown : span((Date.parse(stop) - Date.parse(start)) / 1000),
    count(ticks),
    share(coverage),
    milliseconds(alignmentP99Seconds),
    bytes(summary.bytes),
    h(
      'span',
      { class: 'buttons' },
      downloadLink(acts, `/runs/${encodeURIComponent(run)}.tar.gz`, `${run}.tar.gz`, 'tar.gz', run),
      state !== 'recording' &&
        h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            'aria-disabled': isBusy && 'true',
            'aria-label': `Delete ${run}`,
            onclick: () => void acts.remove(run),
          },
          'Delete',
        ),
    ),
  ];
}
