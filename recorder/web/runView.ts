import type { Manifest } from '../api.ts';
import { h } from './dom.ts';
import { isInParts, partsHint } from './inParts.ts';
import { badge, downloadLink, figures, named, reasons, section, table } from './parts.ts';
import { bytes, count, milliseconds, moment, share, span, unknown } from './quantity.ts';
import type { Acts } from './acts.ts';
import type { State, View } from './state.ts';

/** A run's own view: what it is worth, its charts, its files. */
export function runView(view: Extract<View, { name: 'run' }>, state: State, acts: Acts): HTMLElement {
  const back = h('p', {}, h('a', { href: '#/' }, '← All runs'));
  const { answer, refusal, run } = view;
  if (answer === undefined) {
    return h(
      'div',
      { 'data-key': `run ${run}` },
      back,
      h('h1', { tabindex: -1 }, run),
      h('p', { class: refusal === undefined ? 'empty' : 'bad' }, refusal ?? 'Reading…'),
    );
  }
  const { manifest } = answer;
  return h(
    'div',
    { 'data-key': `run ${run}` },
    back,
    h(
      'h1',
      { tabindex: -1 },
      run,
      ' ',
      badge(manifest.state === 'stopped' ? manifest.verdict.verdict : manifest.state),
    ),
    h(
      'p',
      { class: 'hint' },
      `Started ${moment(manifest.start)} UTC, recorded on ${manifest.recorder.host} by kubemon ${manifest.recorder.version}.`,
    ),
    overview(manifest, run, state, acts),
    h('section', {
      'aria-label': 'Charts',
      'data-own': true,
      'data-key': `charts ${run}`,
      class: 'charts-of',
    }),
    coverageCard(manifest),
    marksCard(manifest),
    filesCard(manifest, run, acts),
  );
}

function overview(manifest: Manifest, run: string, { isBusy }: State, acts: Acts): HTMLElement {
  const { start, stop, ticks, alignment, settings, verdict, labels, files, state } = manifest;
  const shares = manifest.coverage.flatMap((each) => each.share ?? []);
  return section(
    'What it is worth',
    figures([
      stop === undefined ? undefined : ['Length', span((Date.parse(stop) - Date.parse(start)) / 1000)],
      ['Interval', span(settings.intervalSeconds)],
      ['Ticks', `${count(ticks.done)} of ${count(ticks.planned)}`],
      [
        'Daemons',
        `${manifest.coverage.filter(({ covered }) => covered > 0).length} of ${manifest.expected.count}`,
      ],
      ['Coverage', shares.length === 0 ? unknown : share(Math.min(...shares))],
      ['Alignment p99', milliseconds(alignment.p99Seconds)],
      ['Size', bytes(files.reduce((sum, file) => sum + file.bytes, 0))],
      ...Object.entries(labels).map(([key, value]) => [`Label ${key}`, value] as const),
    ]),
    reasons(verdict) ??
      h('p', { class: 'hint' }, 'No reason to doubt it: every tick and every daemon is there, and on time.'),
    h(
      'div',
      { class: 'actions' },
      downloadLink(
        acts,
        `/runs/${encodeURIComponent(run)}.tar.gz`,
        `${run}.tar.gz`,
        'Download all as tar.gz',
      ),
      state !== 'recording' &&
        h(
          'button',
          {
            type: 'button',
            class: 'danger',
            'aria-disabled': isBusy && 'true',
            onclick: () => void acts.remove(run),
          },
          'Delete run',
        ),
    ),
  );
}

function coverageCard({ coverage, clocks }: Manifest): HTMLElement | undefined {
  if (coverage.length === 0) return undefined;
  const offsets = new Map(clocks.map(({ target, offsetSeconds }) => [target, offsetSeconds]));
  return section(
    'Coverage',
    table(
      'Coverage by target',
      [
        { head: 'Target' },
        { head: 'Covered', is: 'wide number' },
        { head: 'Share', is: 'number' },
        { head: 'Late', is: 'number' },
        { head: 'Missed', is: 'number' },
        { head: 'Clock offset', is: 'wide number' },
      ],
      coverage
        .toSorted((a, b) => (a.share ?? 0) - (b.share ?? 0))
        .slice(0, 100)
        .map(({ target, covered, planned, share: part, late, missed }) => ({
          key: target,
          cells: [
            named(target),
            `${count(covered)} of ${count(planned)}`,
            share(part),
            count(late),
            count(missed),
            milliseconds(offsets.get(target)),
          ],
        })),
    ),
    coverage.length > 100 && h('p', { class: 'hint' }, `The 100 with the least of ${coverage.length}.`),
  );
}

function marksCard({ marks }: Manifest): HTMLElement | undefined {
  if (marks.length === 0) return undefined;
  return section(
    'Marks',
    table(
      'Marks',
      [{ head: 'Moment, UTC' }, { head: 'Label' }],
      marks.slice(0, 100).map(({ timestamp, label }, place) => ({
        key: String(place),
        cells: [moment(timestamp), named(label)],
      })),
    ),
    marks.length > 100 && h('p', { class: 'hint' }, `The first 100; all are in marks.csv.`),
  );
}

function filesCard(manifest: Manifest, run: string, acts: Acts): HTMLElement {
  const { files } = manifest;
  const areInParts = isInParts(manifest);
  const link = (name: string) =>
    areInParts
      ? name
      : downloadLink(acts, `/runs/${encodeURIComponent(run)}/${encodeURIComponent(name)}`, name, name);
  return section(
    'Files',
    areInParts && h('p', { class: 'hint' }, partsHint(manifest)),
    table(
      'Files',
      [
        { head: 'File' },
        { head: 'What it holds', is: 'wide' },
        { head: 'Rows', is: 'number' },
        { head: 'Size', is: 'number' },
      ],
      [
        {
          key: 'run.json',
          cells: [
            link('run.json'),
            'What the run is: settings, columns, coverage, verdict.',
            unknown,
            unknown,
          ],
        },
        ...files.map(({ name, help, rows, bytes: size }) => ({
          key: name,
          cells: [link(name), help, count(rows), bytes(size)],
        })),
      ],
    ),
  );
}
