import { Argument, type Command } from 'commander';
import type { RecorderClient } from './client.ts';
import { nearest } from './nearest.ts';
import { RecorderError } from './recorderError.ts';

const known = new WeakSet<Argument>();

/** The argument of a command that is about a run which the recorder holds: its name can be completed. */
export function existingRun(description: string): Argument {
  const argument = new Argument('<run>', description);
  known.add(argument);
  return argument;
}

export function isExistingRun(argument: Argument): boolean {
  return known.has(argument);
}

/** The outcome of a command's work; where there is no such run, the error says which one may have been meant. */
export async function explainRun<T>(work: Promise<T>, command: Command, client: RecorderClient): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof RecorderError) || error.status !== 404) throw error;
    const index = command.registeredArguments.findIndex(isExistingRun);
    const typed: unknown = command.processedArgs[index];
    if (typeof typed !== 'string') throw error;
    const { runs } = await client.runs().catch(() => ({ runs: [] }));
    const meant = nearest(
      typed,
      runs.map(({ run }) => run),
    );
    if (meant === undefined) throw error;
    const { code, message, status } = error;
    throw new RecorderError(code, `${message} Did you mean "${meant}"?`, { status, cause: error });
  }
}
