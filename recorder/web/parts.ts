import type { Verdict } from '../api.ts';
import { type Child, h } from './dom.ts';
import type { Acts } from './acts.ts';
import { linkTo } from './state.ts';

/** A verdict or state: a word with a colour of its own. */
export function badge(word: string): HTMLElement {
  return h('span', { class: `badge ${word}` }, word);
}

/** Figures with what they are. */
export function figures(all: readonly (readonly [name: string, value: Child] | undefined)[]): HTMLElement {
  return h(
    'dl',
    { class: 'figures' },
    ...all.flatMap((each) =>
      each === undefined ? [] : [h('div', {}, h('dt', {}, each[0]), h('dd', {}, each[1]))],
    ),
  );
}

/** Why a verdict is not `valid`. */
export function reasons({ reasons: sentences }: Verdict): HTMLElement | undefined {
  if (sentences.length === 0) return undefined;
  return h(
    'ul',
    { class: 'reasons', 'aria-label': 'Reasons' },
    ...sentences.map((each) => h('li', {}, each)),
  );
}

/** A part of the page with a heading. */
export function section(title: string, ...content: readonly Child[]): HTMLElement {
  const id = `of-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  return h(
    'section',
    { class: 'card', 'aria-labelledby': id, 'data-key': id },
    h('h2', { id }, title),
    ...content,
  );
}

/** A column of a table; `wide`: not on narrow screens. */
export interface ColumnHead {
  readonly head: string;
  readonly is?: 'number' | 'wide' | 'wide number';
}

/** Rows by their key; the first cell is what the row is of. */
export function table(
  caption: string,
  columns: readonly ColumnHead[],
  rows: readonly { readonly key: string; readonly cells: readonly Child[] }[],
): HTMLElement {
  return h(
    'table',
    { class: 'list' },
    h('caption', { class: 'unseen' }, caption),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...columns.map(({ head, is }) =>
          h(head === '' ? 'td' : 'th', { scope: head !== '' && 'col', class: is }, head),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      ...rows.map(({ key, cells }) =>
        h(
          'tr',
          { 'data-key': key },
          ...cells.map((cell, place) =>
            h(place === 0 ? 'th' : 'td', { scope: place === 0 && 'row', class: columns[place]?.is }, cell),
          ),
        ),
      ),
    ),
  );
}

/** Something with its name, and what it is more exactly in small below. */
export function named(name: Child, ...more: readonly string[]): HTMLElement {
  return h('span', { class: 'name' }, name, ...more.map((each) => h('small', { class: 'below' }, each)));
}

export function runLink(run: string): HTMLElement {
  return h('a', { href: linkTo(run) }, run);
}

/** A link to a file of the recorder's. */
export function downloadLink(acts: Acts, path: string, name: string, text: string, of = ''): HTMLElement {
  return h(
    'a',
    {
      href: path,
      download: name,
      'aria-label': of === '' ? undefined : `${text} of ${of}`,
      onclick: (event) => {
        acts.download(event, path, name);
      },
    },
    text,
  );
}
