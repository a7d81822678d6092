import { h } from './dom.ts';
import type { Acts } from './acts.ts';
import type { State } from './state.ts';

/** What surrounds the views. */
export interface Shell {
  readonly main: HTMLElement;
  readonly head: HTMLElement;
  /** Read out politely. */
  readonly done: HTMLElement;
  /** Read out at once. */
  readonly refused: HTMLElement;
}

export function createShell(): Shell {
  const main = h('main', { id: 'main' });
  const head = h('header');
  const done = h('p', { role: 'status', class: 'notice done' });
  const refused = h('p', { role: 'alert', class: 'notice refused' });
  const footer = h(
    'footer',
    {},
    h('a', { href: '/help' }, 'Calls of the API'),
    h('a', { href: '/openapi.json' }, 'OpenAPI'),
    h('a', { href: '/metrics' }, 'Metrics'),
    h('a', { href: '/page/uPlot-LICENSE.txt' }, 'Licence of uPlot'),
    h('span', { class: 'hint' }, 'All times are UTC.'),
  );
  const skip = h(
    'button',
    {
      type: 'button',
      class: 'skip',
      onclick: () => {
        main.querySelector('h1')?.focus();
      },
    },
    'Skip to the content',
  );
  document.body.replaceChildren(skip, head, h('div', { class: 'notices' }, done, refused), main, footer);
  return { main, head, done, refused };
}

const connections: Readonly<Record<State['connection'], string>> = {
  connecting: 'connecting',
  here: 'connected',
  away: 'The recorder does not answer. Trying again…',
  locked: 'The recorder needs its token.',
};

export function headOf({ connection }: State, acts: Acts): HTMLElement {
  return h(
    'header',
    {},
    h('a', { class: 'brand', href: '#/' }, 'kubemon'),
    h('span', { class: 'host' }, location.host),
    h('span', { class: `connection ${connection}`, role: 'status' }, connections[connection]),
    connection === 'locked' && h('button', { type: 'button', onclick: acts.unlock }, 'Enter token'),
  );
}
