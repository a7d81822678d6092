import { Command, type Option } from 'commander';
import { addCheckCommand } from './checkCommand.ts';
import { addClientOptions } from './clientCommand.ts';
import { addExportCommand } from './exportCommand.ts';
import { loadExporterOptions, loadMachineOptions } from './exporter.ts';
import { addLocalCommand } from './localCommand.ts';
import { addLookCommands } from './lookCommands.ts';
import { addMergeCommand } from './mergeCommand.ts';
import { addRunCommands } from './runCommands.ts';
import { addRunsCommands } from './runsCommands.ts';
import { addServeCommands } from './serveCommands.ts';
import { addSummaryCommand } from './summaryCommand.ts';
import { addVerifyCommand } from './verifyCommand.ts';

/** The command tree. Nothing of the exporter but the names of its settings is loaded here. */
export async function createProgram(version: string): Promise<Command> {
  const exporterOptions = await loadExporterOptions();
  const program = new Command('kubemon')
    .description('Records what a cluster does during an experiment: every node on one clock, as CSV.')
    .version(version)
    .exitOverride()
    .configureHelp({ optionDescription: describe })
    .showHelpAfterError('(kubemon --help lists the commands)');
  addHelpCommand(program);
  addClientOptions(program);

  program.commandsGroup('On this machine:');
  addLocalCommand(program, exporterOptions);
  addCheckCommand(program, await loadMachineOptions());
  program.commandsGroup('Serve:');
  addServeCommands(program, exporterOptions);
  program.commandsGroup('Ask a recorder:');
  addRunCommands(program);
  addLookCommands(program);
  addRunsCommands(program);
  addSummaryCommand(program);
  addExportCommand(program);
  addMergeCommand(program);
  addVerifyCommand(program);
  return program;
}

/** Commander's own shows the help of the program for a command that there is not, and not a word why. */
function addHelpCommand(program: Command): void {
  program
    .command('help')
    .argument('[command]')
    .description('show the help of a command')
    .action((name?: string) => {
      const command = name === undefined ? program : program.commands.find((each) => each.name() === name);
      if (command === undefined) program.error(`error: unknown command '${name}'`);
      command.help();
    });
}

/** As the settings are described: what it does, then variable and default. */
function describe({ description, envVar, defaultValue }: Option): string {
  const facts = [envVar, defaultValue === undefined ? undefined : `default: ${String(defaultValue)}`];
  const known = facts.filter((fact) => fact !== undefined);
  return known.length === 0 ? description : `${description} [${known.join(', ')}]`;
}
