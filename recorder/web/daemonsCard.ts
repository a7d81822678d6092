import type { DaemonStatus, TickResult } from '../api.ts';
import { type Child, h } from './dom.ts';
import { named, section, table } from './parts.ts';
import { bytes, milliseconds, moment, unknown } from './quantity.ts';
import type { Acts } from './acts.ts';
import type { State } from './state.ts';

/** More rows than these hide what is below them. */
const some = 20;

/** Who is scraped, and how that goes: those in trouble first. */
export function daemonsCard({ daemons, status, isShowingAllDaemons }: State, acts: Acts): HTMLElement {
  if (daemons === undefined) return section('Daemons', h('p', { class: 'empty' }, 'Reading…'));
  const results = new Map(status?.recording?.lastTick?.targets.map((each) => [each.target, each]));
  const sorted = daemons.daemons.toSorted(
    (a, b) => trouble(a, results) - trouble(b, results) || a.name.localeCompare(b.name),
  );
  const shown = isShowingAllDaemons ? sorted : sorted.slice(0, some);
  const isRecording = status?.recording !== undefined;
  if (sorted.length === 0) {
    return section(
      'Daemons',
      h('p', { class: 'empty' }, `None has been found yet (expected: ${daemons.reason}).`),
    );
  }
  return section(
    'Daemons',
    table(
      'Daemons, those in trouble first',
      [
        { head: 'Daemon' },
        { head: 'State' },
        ...(isRecording ? [{ head: 'Last tick', is: 'wide' } as const] : []),
        { head: 'CPUs', is: 'wide number' },
        { head: 'Memory', is: 'wide number' },
        { head: 'Kernel', is: 'wide' },
        { head: 'Exporter', is: 'wide' },
      ],
      shown.map((daemon) => ({
        key: daemon.name,
        cells: [
          named(
            daemon.name,
            ...(daemon.pod === undefined ? [] : [daemon.pod]),
            `${daemon.address}${daemon.role === 'further' ? ' · further exporter' : ''}`,
          ),
          stateOf(daemon),
          ...(isRecording ? [lastTick(results.get(daemon.name))] : []),
          daemon.cpus ?? unknown,
          daemon.memoryBytes === undefined ? unknown : bytes(daemon.memoryBytes),
          daemon.kernel ?? unknown,
          daemon.exporterVersion ?? unknown,
        ],
      })),
    ),
    shown.length < sorted.length &&
      h('button', { type: 'button', onclick: acts.showAllDaemons }, `Show all ${sorted.length}`),
  );
}

type TargetResult = TickResult['targets'][number];

function trouble({ name, connected }: DaemonStatus, results: ReadonlyMap<string, TargetResult>): number {
  if (!connected) return 0;
  return results.get(name)?.up === false ? 1 : 2;
}

function stateOf({ connected, since, error, ready }: DaemonStatus): HTMLElement {
  const unready = ready === false ? ', not ready' : '';
  return connected
    ? h('span', { class: 'good', title: `since ${moment(since)} UTC` }, `connected${unready}`)
    : h(
        'span',
        {},
        h('span', { class: 'bad' }, `not connected${unready}`),
        error !== undefined && h('small', { class: 'below' }, error),
        h('small', { class: 'below' }, `since ${moment(since)}`),
      );
}

function lastTick(result: TargetResult | undefined): Child {
  if (result === undefined) return unknown;
  if (!result.up)
    return h(
      'span',
      {},
      h('span', { class: 'bad' }, 'missed'),
      h('small', { class: 'below' }, result.error ?? ''),
    );
  const skew = result.skewSeconds === undefined ? '' : `, skew ${milliseconds(result.skewSeconds)}`;
  return `${result.samples ?? unknown} samples${skew}`;
}
