import type { Argument, Command, Option } from 'commander';
import { isExistingRun } from '../existingRun.ts';

/** What a word can be completed to. */
export interface Candidate {
  readonly text: string;
  readonly description: string;
}

export interface Candidates {
  readonly found: readonly Candidate[];
  /** The name of a file or folder may stand there, too. */
  readonly files: boolean;
}

/** The runs that the recorder of the program's options holds. */
export type RunNames = () => Promise<readonly string[]>;

/**
 * @param words before the one to complete, without the command's own name
 * @param current the word to complete, as far as it is typed
 */
export async function candidates(
  program: Command,
  words: readonly string[],
  current: string,
  runNames: RunNames,
): Promise<Candidates> {
  const { command, operands, open } = place(program, words);
  const starting = ({ found, files }: Candidates): Candidates => ({
    found: found.filter(({ text }) => text.startsWith(current)),
    files,
  });
  if (open !== undefined) return starting(valuesOf(open));
  const [, name, rest] = /^(--[^=]+=)(.*)$/s.exec(current) ?? [];
  if (name !== undefined && rest !== undefined) {
    const option = optionsOf(program, command).find(({ long }) => `${long}=` === name);
    const { found } = option === undefined ? nothing : valuesOf(option);
    return starting({ found: found.map((each) => ({ ...each, text: name + each.text })), files: false });
  }
  if (current.startsWith('-'))
    return starting({ found: optionsOf(program, command).flatMap(asCandidate), files: false });
  if (command === undefined) return starting({ found: commandsOf(program), files: false });
  if (command.name() === 'help')
    return starting({ found: operands === 0 ? commandsOf(program) : [], files: false });
  const argument = command.registeredArguments[operands];
  return argument === undefined ? nothing : starting(await argumentsOf(argument, runNames));
}

const nothing: Candidates = { found: [], files: false };

interface Place {
  readonly command: Command | undefined;
  /** Of the command so far. */
  readonly operands: number;
  /** The option whose value is to come. */
  readonly open: Option | undefined;
}

function place(program: Command, words: readonly string[]): Place {
  let command: Command | undefined;
  let operands = 0;
  let open: Option | undefined;
  for (const word of words) {
    if (open !== undefined) {
      open = undefined;
    } else if (word.startsWith('-')) {
      const option = optionsOf(program, command).find(({ long, short }) => long === word || short === word);
      open = option?.required === true ? option : undefined;
    } else if (command === undefined) {
      command = program.commands.find((each) => each.name() === word);
      if (command === undefined) return { command: program, operands: Infinity, open: undefined };
    } else {
      operands += 1;
    }
  }
  return { command, operands, open };
}

function optionsOf(program: Command, command: Command | undefined): readonly Option[] {
  if (command === undefined || command === program) return program.createHelp().visibleOptions(program);
  const help = Object.assign(command.createHelp(), command.configureHelp());
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

function asCandidate({ long, description }: Option): readonly Candidate[] {
  return typeof long === 'string' ? [{ text: long, description }] : [];
}

function commandsOf(program: Command): readonly Candidate[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((each) => ({ text: each.name(), description: each.description() }));
}

function valuesOf({ argChoices, flags }: Option): Candidates {
  const found = (argChoices ?? []).map((text) => ({ text, description: '' }));
  return { found, files: /<(file|dir|value)>/.test(flags) };
}

async function argumentsOf(argument: Argument, runNames: RunNames): Promise<Candidates> {
  const texts = isExistingRun(argument) ? await runNames() : (argument.argChoices ?? []);
  const files = argument.name() === 'dir' || argument.description.startsWith('folder ');
  return { found: texts.map((text) => ({ text, description: '' })), files };
}
