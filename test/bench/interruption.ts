import { constants } from 'node:os';
import { signalChildren } from './children.ts';

/** What Ctrl-C and SIGTERM do. */
export interface Interruption {
  /** The exit code that tells of it; undefined: nobody has interrupted. */
  code(): number | undefined;
}

/** So long a part has for its own tidying up, in milliseconds. */
const grace = 10_000;

/**
 * Ends what the running part has started: it then fails, and tidies up behind itself. One that does not
 * is left at a second signal, or when its time is over.
 */
export function heedInterruption(): Interruption {
  let code: number | undefined;
  function interrupt(signal: NodeJS.Signals): void {
    if (code !== undefined) process.exit(code);
    const own = 128 + constants.signals[signal];
    code = own;
    process.stderr.write('Interrupted: ending what was started.\n');
    signalChildren('SIGTERM');
    setTimeout(() => process.exit(own), grace).unref();
  }
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return { code: () => code };
}
