import type { LastingProblem, RunStatus } from '../api.ts';
import { h } from './dom.ts';
import { badge, figures, reasons, runLink, section } from './parts.ts';
import { bytes, count, milliseconds, moment, nextName, share, span } from './quantity.ts';
import type { Acts } from './acts.ts';
import type { State } from './state.ts';

/** What is being recorded, or the way to begin. */
export function recordingCard(state: State, acts: Acts): HTMLElement {
  const { recording } = state.status ?? {};
  return recording === undefined ? idleCard(state, acts) : runningCard(recording, state, acts);
}

function runningCard(recording: RunStatus, state: State, acts: Acts): HTMLElement {
  const { run, verdict, ticks, coverage, alignmentP99Seconds, rows, interval } = recording;
  const { connected, expected } = state.status?.daemons ?? { connected: 0, expected: 0 };
  const elapsed = recording.elapsed + (Date.now() - state.statusAt) / 1000;
  return section(
    'Recording',
    h(
      'p',
      { class: 'headline' },
      runLink(run),
      badge(verdict.verdict),
      h('span', { class: 'hint' }, `every ${span(interval)}`),
    ),
    recording.for !== undefined &&
      h('progress', {
        max: recording.for,
        value: Math.min(recording.for, recording.elapsed),
        'aria-label': 'Part of the run that is over',
      }),
    figures([
      [
        'Elapsed',
        recording.for === undefined
          ? span(elapsed)
          : `${span(Math.min(elapsed, recording.for))} of ${span(recording.for)}`,
      ],
      ['Daemons', `${connected} of ${expected}`],
      ['Ticks', `${count(ticks.done)} of ${count(ticks.planned)}`],
      ['Coverage', share(coverage)],
      ['Alignment p99', milliseconds(alignmentP99Seconds)],
      ['Rows', count(rows)],
      ['Size', bytes(recording.bytes)],
    ]),
    problems([...(recording.problems ?? []), ...(state.status?.discovery ?? [])]),
    reasons(verdict),
    h(
      'div',
      { class: 'actions' },
      h(
        'form',
        {
          class: 'inline',
          onsubmit: (event) => {
            event.preventDefault();
            if (event.currentTarget instanceof HTMLFormElement) acts.mark(event.currentTarget);
          },
        },
        h('label', { for: 'mark' }, 'Name this moment'),
        h('input', {
          id: 'mark',
          name: 'label',
          required: true,
          maxlength: 1000,
          placeholder: 'load on',
          autocomplete: 'off',
        }),
        h('button', { type: 'submit', 'aria-disabled': state.isBusy && 'true' }, 'Mark'),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'danger',
          'aria-disabled': state.isBusy && 'true',
          onclick: () => void acts.stop(),
        },
        'Stop',
      ),
    ),
  );
}

function idleCard(state: State, acts: Acts): HTMLElement {
  const { status, runs } = state;
  const { connected, expected } = status?.daemons ?? { connected: 0, expected: 0 };
  const last = status?.last;
  return section(
    'Recorder',
    h(
      'p',
      { class: 'headline' },
      status?.message.startsWith('Run ') === true ? status.message : 'Nothing is recording.',
    ),
    h('p', { class: 'hint' }, `${connected} of ${expected} daemons are connected.`),
    last &&
      h(
        'p',
        {},
        'The last run was ',
        runLink(last.run),
        ' ',
        badge(last.verdict.verdict),
        last.problem !== undefined && ` ${last.problem}`,
      ),
    problems(status?.discovery ?? []),
    h(
      'form',
      {
        class: 'start',
        'aria-label': 'Start a run',
        onsubmit: (event) => {
          event.preventDefault();
          if (event.currentTarget instanceof HTMLFormElement) acts.start(new FormData(event.currentTarget));
        },
      },
      field('run', 'Name of the run', {
        required: true,
        value: runs === undefined ? '' : nextName(runs.runs.map(({ run }) => run)),
        spellcheck: 'false',
      }),
      field('interval', 'Interval in seconds', { placeholder: 'default', inputmode: 'decimal' }),
      field(
        'for',
        'For how long',
        { placeholder: 'until stopped', 'aria-describedby': 'for-hint' },
        '90s, 10m or 1h',
      ),
      field('labels', 'Labels', { placeholder: 'load=high, nodes=2', spellcheck: 'false' }),
      h('button', { type: 'submit', class: 'primary', 'aria-disabled': state.isBusy && 'true' }, 'Start'),
    ),
  );
}

function field(
  id: string,
  text: string,
  props: Readonly<Record<string, unknown>>,
  hint?: string,
): HTMLElement {
  return h(
    'div',
    { class: 'field' },
    h('label', { for: id }, text),
    h('input', { id, name: id, autocomplete: 'off', ...props }),
    hint !== undefined && h('small', { class: 'hint', id: `${id}-hint` }, hint),
  );
}

/** What keeps the recorder from its work. */
function problems(all: readonly LastingProblem[]): HTMLElement | undefined {
  if (all.length === 0) return undefined;
  return h('ul', { class: 'problems', 'aria-label': 'Problems' }, ...all.map(problem));
}

function problem({ message, since }: LastingProblem): HTMLElement {
  return h('li', {}, message, h('small', { class: 'below' }, `since ${moment(since)}`));
}
