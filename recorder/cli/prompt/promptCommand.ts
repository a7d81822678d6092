import type { Command } from 'commander';
import type { Surroundings } from '../surroundings.ts';

export const promptName = 'prompt';

const help = `
Examples:
  kubemon --host 10.0.1.2
  kubemon prompt
  printf '%s\\n' 'start test000 --for 1m --watch' 'summary test000' | kubemon --host 10.0.1.2

It takes the commands that ask a recorder, and check. Tab completes, the arrows and Ctrl-R look back, Ctrl-C
breaks off the line or the command, Ctrl-D or exit leaves. From a pipe the commands are run one after the
other; the exit code is that of the last that failed.`;

/** prompt: also what `kubemon --host HOST` alone does. */
export function addPromptCommand(program: Command, { openPrompt }: Surroundings): void {
  const command = program
    .command(promptName)
    .description('wait for the recorder, then take commands; the same as kubemon with only --host')
    .addHelpText('after', help);
  command.configureHelp({ ...command.configureHelp(), showGlobalOptions: true });
  command.action(async () => openPrompt?.(command));
}
