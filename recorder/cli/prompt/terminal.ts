import { clearScreenDown, cursorTo } from 'node:readline';
import { createInterface } from 'node:readline/promises';
import type { RecorderClient } from '../client.ts';
import { completeLine } from '../completion/completeLine.ts';
import { tell } from '../output.ts';
import { plain } from '../plain.ts';
import { historyPath, openHistory } from './history.ts';
import { followPresence } from './presence.ts';
import type { RunLine } from './prompt.ts';

export interface TerminalPrompt {
  readonly runLine: RunLine;
  readonly client: RecorderClient;
  /** That is not to be kept in the history. */
  readonly token: string | undefined;
  /** Aborted when the prompt is left. */
  readonly leaving: AbortSignal;
}

/**
 * Takes lines until Ctrl-D or exit. The terminal is in its usual mode while a command runs: what is typed
 * ahead waits, and Ctrl-C is a SIGINT, which breaks the command off.
 */
export async function takeFromTerminal({ runLine, client, token, leaving }: TerminalPrompt): Promise<void> {
  const history = openHistory(historyPath(), token);
  const lines: string[] = [];
  const notices: string[] = [];
  let running: AbortController | undefined;
  let isLeft = false;
  const prompt = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: true,
    prompt: '>>> ',
    history: [...history.lines],
    historySize: 1000,
    removeHistoryDuplicates: true,
    completer: (line: string) => completeLine(line, client),
  });
  process.on('SIGINT', () => {
    // What was typed ahead was to follow what is broken off now: "stop" behind a run that is only watched.
    lines.length = 0;
    running?.abort();
  });

  const runLines = async (): Promise<void> => {
    if (running !== undefined) return;
    prompt.pause();
    process.stdin.setRawMode(false);
    for (let line = lines.shift(); line !== undefined && !isLeft; line = lines.shift()) {
      running = new AbortController();
      history.add(line);
      isLeft = (await runLine(line, running.signal)) === undefined || isLeft;
    }
    running = undefined;
    for (const notice of notices.splice(0)) tell(notice);
    if (isLeft) {
      prompt.close();
    } else {
      process.stdin.setRawMode(true);
      prompt.prompt();
    }
  };

  const ended = new Promise<void>((resolve) => {
    prompt.on('line', (line) => {
      lines.push(line);
      void runLines();
    });
    prompt.on('SIGINT', () => {
      // As these keys do: to the end of the line, and delete it.
      prompt.write(null, { ctrl: true, name: 'e' });
      prompt.write(null, { ctrl: true, name: 'u' });
      process.stdout.write('^C\n');
      prompt.prompt();
    });
    prompt.on('close', resolve);
  });
  void followPresence(client, leaving, (sentence) => {
    const notice = plain(sentence);
    // Above a line that fills more than one row there is no telling where.
    if (running !== undefined || prompt.getCursorPos().rows > 0) {
      notices.push(notice);
      return;
    }
    cursorTo(process.stdout, 0);
    clearScreenDown(process.stdout);
    tell(notice);
    prompt.prompt(true);
  });
  tell('Tab completes, help lists the commands, Ctrl-D leaves.');
  prompt.prompt();
  await ended;
  // Where Ctrl-D has left the cursor behind the prompt.
  if (!isLeft) process.stdout.write('\n');
}
