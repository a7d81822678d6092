import type { Command } from 'commander';

/** Where a command is typed: in a shell, or at the prompt. */
export interface Surroundings {
  /**
   * Aborted when the user breaks the command off: by Ctrl-C, or by a signal to the process. From the first
   * call on, what asked for it has to end the command then: see interruptible.
   */
  readonly interruption: () => AbortSignal;
  /** Takes commands until the user leaves; the command's options of the recorder hold for them. Undefined at the prompt itself. */
  readonly openPrompt: ((command: Command) => Promise<void>) | undefined;
}
