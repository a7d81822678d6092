import type { Command } from 'commander';
import { clientOf, tokenOf, typedOptions } from '../clientCommand.ts';
import { tell } from '../output.ts';
import { runCommand } from '../runCommand.ts';
import { plain } from '../plain.ts';
import { takeFromPipe } from './pipe.ts';
import { waitForRecorder } from './presence.ts';
import { takeFromTerminal } from './terminal.ts';
import { readWords } from './words.ts';

/** Runs what stands in a line; see takeFromTerminal and takeFromPipe. @returns the exit code; undefined: leave. */
export type RunLine = (line: string, signal: AbortSignal) => Promise<number | undefined>;

/** Commands that serve until they are ended, and those of a shell: the prompt has none of them. */
const ofTheShell: ReadonlySet<string> = new Set(['local', 'exporter', 'recorder', 'prompt', 'completion']);

/**
 * The prompt: waits for the recorder that the options of a command name, then takes commands from stdin, on a
 * terminal or from a pipe, until its end.
 * @returns the exit code: from a pipe that of the last command that failed.
 */
export async function openPrompt(command: Command): Promise<number> {
  const leaving = new AbortController();
  const client = await clientOf(command, leaving.signal);
  tell('Waiting for recorder to be alive');
  await waitForRecorder(client, leaving.signal, (reason) => {
    tell(plain(reason));
  });
  tell('Recorder is alive!');
  const runLine = lineRunner(typedOptions(command));
  try {
    if (!process.stdin.isTTY || !process.stdout.isTTY) return await takeFromPipe(runLine);
    await takeFromTerminal({ runLine, client, token: tokenOf(command), leaving: leaving.signal });
    return 0;
  } finally {
    leaving.abort();
  }
}

/** @param options that hold for each command; what a line says itself counts before them. */
function lineRunner(options: readonly string[]): RunLine {
  return async (line, signal) => {
    const { words: typed, isOpen } = readWords(line);
    // As copied from a document.
    const words = typed[0] === 'npx' ? typed.slice(1) : typed;
    const [name = '', ...rest] = words[0] === 'kubemon' ? words.slice(1) : words;
    if (isOpen) {
      tell('A quote is not closed: close it, or put a backslash before it.');
      return 2;
    }
    if (name === '') return 0;
    if (rest.length === 0 && (name === 'exit' || name === 'quit')) return undefined;
    if (ofTheShell.has(name)) {
      tell(`"${name}" is not for the prompt: type kubemon ${name} in a shell.`);
      return 2;
    }
    return runCommand([...options, name, ...rest], { interruption: () => signal, openPrompt: undefined });
  };
}
