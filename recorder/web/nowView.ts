import { daemonsCard } from './daemonsCard.ts';
import { h } from './dom.ts';
import { recordingCard } from './recordingCard.ts';
import { runsCard } from './runsCard.ts';
import type { Acts } from './acts.ts';
import type { State } from './state.ts';

/** The first view: what is being recorded, who is scraped, and what there is. */
export function nowView(state: State, acts: Acts): HTMLElement {
  const run = state.status?.recording?.run;
  return h(
    'div',
    { 'data-key': 'now' },
    h('h1', { class: 'unseen', tabindex: -1 }, 'Recorder'),
    state.status === undefined
      ? h('p', { class: 'empty' }, 'Asking the recorder…')
      : recordingCard(state, acts),
    run !== undefined &&
      h('section', {
        'aria-label': 'Charts',
        'data-own': true,
        'data-key': `charts ${run}`,
        class: 'charts-of',
      }),
    daemonsCard(state, acts),
    runsCard(state, acts),
  );
}
