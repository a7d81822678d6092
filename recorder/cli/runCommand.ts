import { CommanderError } from 'commander';
import { SettingError } from '../../exporter/serve/settings.ts';
import { version } from '../../exporter/serve/version.ts';
import { Interrupted } from './interrupted.ts';
import { tell } from './output.ts';
import { plain } from './plain.ts';
import { createProgram, withPrompt } from './program.ts';
import type { Surroundings } from './surroundings.ts';

/** As a shell reports a command that Ctrl-C has ended: 128 + SIGINT. */
export const interruptedCode = 130;

/**
 * Runs one command, as it was typed, to its end. What is wrong is told on stderr.
 * @returns the exit code: 0 done, 1 refused or failed, 2 wrong usage, 130 broken off.
 */
export async function runCommand(words: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    const program = await createProgram(version, surroundings);
    await program.parseAsync(withPrompt(program, words), { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Interrupted) {
      if (error.message !== '') tell(plain(error.message));
      return interruptedCode;
    }
    tell(sentence(error));
    return error instanceof SettingError ? 2 : 1;
  }
}

/** Errors are sentences; but one of the language itself is a fault of ours and keeps its stack. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return plain(String(error));
  const fault = [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind);
  if (!fault || error.stack === undefined) return plain(error.message);
  return error.stack.split('\n').map(plain).join('\n');
}
