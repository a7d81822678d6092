import { Command, type Option } from 'commander';
import { addCheckCommand } from './checkCommand.ts';
import { addClientOptions } from './clientCommand.ts';
import { addCompletionCommands } from './completion/completionCommands.ts';
import { addExportCommand } from './exportCommand.ts';
import { loadExporterOptions, loadMachineOptions } from './exporter.ts';
import { addLocalCommand } from './localCommand.ts';
import { addLookCommands } from './lookCommands.ts';
import { addMergeCommand } from './mergeCommand.ts';
import { nearest } from './nearest.ts';
import { paint, showsColours } from './output.ts';
import { addPromptCommand, promptName } from './prompt/promptCommand.ts';
import { addRunCommands } from './runCommands.ts';
import { addRunsCommands } from './runsCommands.ts';
import { addServeCommands } from './serveCommands.ts';
import { addSummaryCommand } from './summaryCommand.ts';
import type { Surroundings } from './surroundings.ts';
import { addVerifyCommand } from './verifyCommand.ts';

/** The command tree. Nothing of the exporter but the names of its settings is loaded here. */
export async function createProgram(version: string, surroundings: Surroundings): Promise<Command> {
  const exporterOptions = await loadExporterOptions();
  const atPrompt = surroundings.openPrompt === undefined;
  const program = new Command('kubemon')
    .description('Records what a cluster does during an experiment: every node on one clock, as CSV.')
    .version(version)
    .exitOverride()
    .configureHelp({ optionDescription: describe, styleTitle: (title) => paint('bold', title) })
    .configureOutput({ getOutHasColors: () => showsColours(process.stdout) })
    .showHelpAfterError(`(${atPrompt ? 'help' : 'kubemon --help'} lists the commands)`);
  addHelpCommand(program);
  addClientOptions(program);

  program.commandsGroup('On this machine:');
  if (!atPrompt) addLocalCommand(program, exporterOptions);
  addCheckCommand(program, await loadMachineOptions());
  if (!atPrompt) {
    program.commandsGroup('Serve:');
    addServeCommands(program, exporterOptions);
  }
  program.commandsGroup('Ask a recorder:');
  addRunCommands(program, surroundings);
  addLookCommands(program, surroundings);
  addRunsCommands(program, surroundings);
  addSummaryCommand(program, surroundings);
  addExportCommand(program, surroundings);
  addMergeCommand(program, surroundings);
  addVerifyCommand(program, surroundings);
  if (!atPrompt) {
    program.commandsGroup('In a shell:');
    addPromptCommand(program, surroundings);
    addCompletionCommands(program);
  }
  return program;
}

/** Words that are only options, and name a recorder, ask for the prompt. KUBEMON_HOST names one, too. */
export function withPrompt(program: Command, words: readonly string[]): readonly string[] {
  const { operands, unknown } = program.parseOptions([...words]);
  if (operands.length > 0 || unknown.length > 0) return words;
  const isNamed =
    program.getOptionValueSource('host') === 'cli' || (process.env['KUBEMON_HOST'] ?? '') !== '';
  return isNamed && program.commands.some((command) => command.name() === promptName)
    ? [...words, promptName]
    : words;
}

/** Commander's own shows the help of the program for a command that there is not, and not a word why. */
function addHelpCommand(program: Command): void {
  program
    .command('help')
    .argument('[command]')
    .description('show the help of a command')
    .action((name?: string) => {
      if (name === undefined) program.help();
      const command = program.commands.find((each) => each.name() === name);
      command?.help();
      const meant = nearest(
        name,
        program.commands.map((each) => each.name()),
      );
      program.error(
        `error: unknown command '${name}'${meant === undefined ? '' : `\n(Did you mean ${meant}?)`}`,
      );
    });
}

/** As the settings are described: what it does, then variable and default. */
function describe({ description, envVar, defaultValue }: Option): string {
  const facts = [envVar, defaultValue === undefined ? undefined : `default: ${String(defaultValue)}`];
  const known = facts.filter((fact) => fact !== undefined);
  return known.length === 0 ? description : `${description} [${known.join(', ')}]`;
}
