import type { ChartKind } from './chartKinds.ts';
import { h } from './dom.ts';
import type { Line, Lines } from './frames.ts';
import type { LineLabel } from './label.ts';
import { quantity } from './quantity.ts';

/** What a chart draws. */
export interface Drawn {
  readonly lines: Lines;
  /** Of each line. */
  readonly labels: readonly LineLabel[];
  /** More is to come. */
  readonly isGrowing: boolean;
  /** What is to be known besides. */
  readonly note: string | undefined;
}

/** The legend of a chart: names, and values where the cursor is, or the last ones. */
export function chartTable(
  { title, unit, things }: ChartKind,
  { lines: { times, lines, total }, labels, isGrowing, note }: Drawn,
  slotOf: (key: string) => number,
  cursor: number | undefined,
): HTMLElement {
  const at = cursor === undefined ? undefined : times[cursor];
  const when =
    at === undefined ? (isGrowing ? 'Now' : 'Last') : new Date(at * 1000).toISOString().slice(11, 19);
  const value = ({ values, last }: Line) => (cursor === undefined ? last : (values[cursor] ?? undefined));
  const row = (line: Line, place: number) =>
    h(
      'tr',
      { 'data-key': line.key },
      h(
        'th',
        { scope: 'row' },
        h('span', { class: `swatch series-${slotOf(line.key)}` }),
        nameOf(labels[place]),
      ),
      ...([value(line), line.mean, line.max] as const).map((each, column) =>
        h('td', { class: column === 1 && 'wide' }, quantity(each, unit)),
      ),
    );
  const some =
    total > lines.length ? `${lines.length} of ${total} ${things}: those with the largest means.` : '';
  if (lines.length === 0)
    return h('div', {}, h('p', { class: 'empty' }, note ?? emptySentence(unit, isGrowing)));
  return h(
    'div',
    {},
    h(
      'table',
      {},
      h('caption', { class: 'unseen' }, `${title}. ${some}`),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('td'),
          ...[when, 'Mean', 'Max'].map((each) =>
            h('th', { scope: 'col', class: each === 'Mean' && 'wide' }, each),
          ),
        ),
      ),
      h('tbody', {}, ...lines.map(row)),
    ),
    (some !== '' || note !== undefined) && h('p', { class: 'hint' }, [some, note].join(' ').trim()),
  );
}

function nameOf(label: LineLabel | undefined): HTMLElement {
  const { name = '', place = '' } = label ?? {};
  return h(
    'span',
    { class: 'name', title: place === '' ? name : `${name} · ${place}` },
    name,
    place !== '' && h('small', {}, ` ${place}`),
  );
}

function emptySentence(unit: ChartKind['unit'], isGrowing: boolean): string {
  if (!isGrowing) return 'There is none in this run.';
  return unit === 'bytes' ? 'Nothing yet.' : 'Nothing yet: a rate needs two ticks.';
}
