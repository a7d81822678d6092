import { confirmed } from './dialog.ts';
import type { Recorder } from './recorder.ts';
import { createQueue } from './queue.ts';
import { startQuery } from './startQuery.ts';
import type { State } from './state.ts';
import type { Token } from './token.ts';

/** What a person can do on the page. */
export interface Acts {
  start(fields: FormData): void;
  stop(): Promise<void>;
  mark(form: HTMLFormElement): void;
  remove(run: string): Promise<void>;
  /** Downloads a file where reading needs the token; elsewhere the link does. */
  download(event: Event, path: string, name: string): void;
  unlock(): void;
  showAllDaemons(): void;
}

export interface ActsOptions {
  readonly state: State;
  readonly recorder: Recorder;
  readonly token: Token;
  readonly render: () => void;
  /** Asks the recorder anew for what is shown. */
  readonly refresh: () => void;
  readonly marked: (timestamp: string, label: string) => void;
}

/** What went well is said for so long, what did not until something else is done. */
const noticeMs = 15_000;

/** What a person can do, each with what the recorder says to it. */
export function createActs({ state, recorder, token, render, refresh, marked }: ActsOptions): Acts {
  const queue = createQueue();

  /** One after the other. @param name while one of that name is under way or waits, it is not done once more. */
  async function attempt(name: string, act: () => Promise<string>): Promise<void> {
    const work = queue.add(name, async () => {
      delete state.notice;
      render();
      await told(act);
    });
    state.isBusy = queue.isBusy();
    render();
    await work;
    state.isBusy = queue.isBusy();
    render();
    refresh();
  }

  /** @param act what it resolves with is said. */
  async function told(act: () => Promise<string>): Promise<void> {
    try {
      const said = await act();
      const notice = { kind: 'done', text: said } as const;
      state.notice = notice;
      setTimeout(() => {
        if (state.notice !== notice) return;
        delete state.notice;
        render();
      }, noticeMs);
    } catch (error) {
      state.notice = { kind: 'refused', text: sentenceOf(error) };
    }
    render();
  }

  async function start(fields: FormData): Promise<string> {
    const { message } = await recorder.start(
      textOf(fields, 'run').trim(),
      startQuery((name) => textOf(fields, name)),
    );
    return message;
  }

  /** The call ends whatever run is on: meanwhile that may be another. */
  async function stop(meant: string): Promise<string> {
    if (state.status?.recording?.run !== meant) throw new Error(`${meant} is not being recorded any more.`);
    const { message, run, verdict } = await recorder.stop();
    return `${message}: ${run} is ${verdict.verdict}.`;
  }

  async function mark(form: HTMLFormElement, label: string): Promise<string> {
    const { message, mark: made } = await recorder.mark(label);
    marked(made.timestamp, made.label);
    // Meanwhile the next one may stand there.
    if (labelIn(form) === label) form.reset();
    return message;
  }

  async function remove(run: string): Promise<string> {
    const { message } = await recorder.remove(run);
    // Before the notice: the view that is left takes its own along.
    if (state.view.name === 'run' && state.view.run === run) await leaveRun();
    return message;
  }

  async function download(path: string, name: string): Promise<string> {
    save(await recorder.download(path), name);
    return `Downloaded ${name}.`;
  }

  return {
    start: (fields) => void attempt('start', () => start(fields)),
    async stop() {
      const run = state.status?.recording?.run ?? '';
      const isMeant = await confirmed(
        `Stop recording ${run}?`,
        'The run ends here: it cannot be gone on with.',
        'Stop recording',
      );
      if (isMeant) await attempt(`stop ${run}`, () => stop(run));
    },
    mark(form) {
      const label = labelIn(form);
      void attempt(`mark ${label}`, () => mark(form, label));
    },
    async remove(run) {
      const isMeant = await confirmed(
        `Delete ${run}?`,
        'All its files are deleted from the recorder. They cannot be brought back.',
        'Delete',
      );
      if (isMeant) await attempt(`remove ${run}`, () => remove(run));
    },
    download(event, path, name) {
      // Where anybody may read, a link is enough, and the browser shows how far it is.
      if (!token.isForReading()) return;
      event.preventDefault();
      // It may take long, and changes nothing: nothing waits for it.
      void told(() => download(path, name));
    },
    unlock() {
      token.reconsider();
      refresh();
    },
    showAllDaemons() {
      state.isShowingAllDaemons = true;
      render();
    },
  };
}

export function sentenceOf(error: unknown): string {
  if (error instanceof TypeError) return 'The recorder does not answer.';
  return error instanceof Error ? error.message : String(error);
}

function labelIn(form: HTMLFormElement): string {
  return textOf(new FormData(form), 'label');
}

function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

/** The event of the change comes later. */
async function leaveRun(): Promise<void> {
  const changed = new Promise((resolve) => {
    addEventListener('hashchange', resolve, { once: true });
  });
  location.hash = '#/';
  await changed;
}

function save(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  const link = document.createElement('a');
  Object.assign(link, { href, download: name });
  link.click();
  // The download has begun by then.
  setTimeout(() => {
    URL.revokeObjectURL(href);
  }, 60_000);
}
