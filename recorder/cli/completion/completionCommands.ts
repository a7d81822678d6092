import { Argument, type Command } from 'commander';
import { clientOf } from '../clientCommand.ts';
import { say } from '../output.ts';
import { readWords } from '../prompt/words.ts';
import { candidates } from './candidates.ts';
import { runNamesOf } from './runNames.ts';
import { completionScripts } from './scripts.ts';

const shells = ['bash', 'zsh'] as const;

const help = `
Examples:
  source <(kubemon completion bash)
  kubemon completion bash >~/.local/share/bash-completion/completions/kubemon
  kubemon completion zsh >"\${fpath[1]}/_kubemon"

Commands, options, their values, and the names of runs, which the recorder is asked for (--host, KUBEMON_HOST).`;

/** completion, and the hidden complete, which the scripts call. */
export function addCompletionCommands(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'bash or zsh').choices(shells))
    .description('print a script that completes commands, options and names of runs in a shell')
    .addHelpText('after', help)
    .action((shell: (typeof shells)[number]) => {
      process.stdout.write(completionScripts[shell]);
    });
  const complete = program
    .command('complete', { hidden: true })
    .argument('<line>')
    .action(async (line: string) => {
      await sayCandidates(program, complete, line);
    });
}

/** One a line with its description behind a tab; `:` where a file may stand. Whatever is wrong: nothing. */
async function sayCandidates(program: Command, complete: Command, line: string): Promise<void> {
  const { words, last } = readWords(line);
  const before = (last === '' ? words : words.slice(0, -1)).slice(1);
  const runNames = async (): Promise<readonly string[]> => {
    // What is typed on the line may name another recorder.
    program.parseOptions([...before]);
    return runNamesOf(await clientOf(complete, AbortSignal.timeout(5_000)));
  };
  try {
    const { found, files } = await candidates(program, before, last, runNames);
    for (const { text, description } of found) say(`${text}\t${description.replaceAll(/\s+/g, ' ')}`);
    if (files) say(':');
  } catch {
    // Nobody has asked for a sentence.
  }
}
