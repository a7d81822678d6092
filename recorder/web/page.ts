import { createActs, sentenceOf } from './acts.ts';
import { createChartRoom } from './chartRoom.ts';
import { become } from './dom.ts';
import { follow } from './follow.ts';
import { latest } from './latest.ts';
import { nowView } from './nowView.ts';
import { createRecorder, RefusedError } from './recorder.ts';
import { runView } from './runView.ts';
import { createShell, headOf } from './shell.ts';
import { type State, viewOf } from './state.ts';
import { createToken } from './token.ts';

/** Between two looks at what no event tells of: daemons that come and go. */
const lookMs = 5000;
/** However close ticks are. */
const pauseMs = 1000;

const state: State = {
  connection: 'connecting',
  statusAt: Date.now(),
  view: viewOf(location.hash),
  isShowingAllDaemons: false,
  isBusy: false,
};
const shell = createShell();
const token = createToken();
const recorder = createRecorder(token);
const room = createChartRoom(recorder, failed);
const acts = createActs({
  state,
  recorder,
  token,
  render,
  refresh: () => {
    look(true);
  },
  marked: room.mark,
});

function render(): void {
  const { view, notice, status } = state;
  become(shell.head, headOf(state, acts));
  for (const [kind, element] of [
    ['done', shell.done],
    ['refused', shell.refused],
  ] as const) {
    const text = notice?.kind === kind ? notice.text : '';
    if (element.textContent !== text) element.textContent = text;
  }
  const wanted = document.createElement('main');
  wanted.id = 'main';
  wanted.append(view.name === 'now' ? nowView(state, acts) : runView(view, state, acts));
  const hadFocus = shell.main.contains(document.activeElement);
  become(shell.main, wanted);
  // What had the focus is gone: whoever uses the keyboard goes on from the top of the content.
  if (hadFocus && !shell.main.contains(document.activeElement)) shell.main.querySelector('h1')?.focus();
  const recording = status?.recording?.run;
  const run = view.name === 'now' ? recording : view.answer && view.run;
  room.settle(shell.main.querySelector<HTMLElement>('.charts-of'), run, run === recording);
  const about = view.name === 'run' ? view.run : recording;
  document.title = `${recording === undefined ? '' : '● '}${about === undefined ? '' : `${about} · `}kubemon`;
}

/** The recorder did not answer, or said no to what the page reads by itself. */
function failed(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  if (error instanceof RefusedError) {
    if (error.status === 401) state.connection = 'locked';
    else state.notice = { kind: 'refused', text: sentenceOf(error) };
  } else {
    state.connection = 'away';
  }
  render();
}

async function readView(): Promise<void> {
  const { view } = state;
  if (view.name !== 'run') return;
  try {
    const answer = await recorder.run(view.run);
    if (state.view === view) state.view = { ...view, answer };
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status === 401) throw error;
    if (state.view === view) state.view = { name: 'run', run: view.run, refusal: error.message };
  }
}

/** Also what only changes with a run is to be asked for. */
let isAllStale = true;

const ask = latest(async () => {
  const isAll = isAllStale;
  isAllStale = false;
  try {
    const [status, daemons] = await Promise.all([recorder.status(), recorder.daemons()]);
    const known: Partial<State> = { status, daemons, statusAt: Date.now(), connection: 'here' };
    Object.assign(state, known);
    render();
    room.retry();
    if (!isAll && state.runs !== undefined) return;
    // Where the runs cannot be read, all else is shown all the same.
    if (isAll) await readView();
    state.runs = await recorder.runs();
    render();
  } catch (error) {
    isAllStale ||= isAll;
    failed(error);
  }
}, pauseMs);

/** Asks for what is shown. @param isAll also for what only changes with a run */
function look(isAll: boolean): void {
  isAllStale ||= isAll;
  ask(undefined);
}

addEventListener('hashchange', () => {
  state.view = viewOf(location.hash);
  delete state.notice;
  render();
  shell.main.querySelector('h1')?.focus();
  scrollTo(0, 0);
  look(true);
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) look(true);
});
setInterval(() => {
  if (!document.hidden && state.connection !== 'locked') look(false);
}, lookMs);

render();
look(true);
void follow(recorder, {
  opened: () => {
    look(true);
  },
  tick: ({ run, timestamp, state: what }) => {
    if (document.hidden) return;
    if (what === 'done') room.advance(run, timestamp);
    look(state.status?.recording?.run !== run);
  },
  stop: ({ message, run, verdict }) => {
    state.notice = { kind: 'done', text: `${message}: ${run} is ${verdict.verdict}.` };
    look(true);
  },
  lost: failed,
});
