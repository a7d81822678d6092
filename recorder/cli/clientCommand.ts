import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { messageOf } from '../../exporter/serve/messageOf.ts';
import { readToken } from '../../exporter/serve/token.ts';
import { readAuthorities } from '../authorities.ts';
import { baseUrl, defaultAddress } from './address.ts';
import type { RecorderClient } from './client.ts';
import { Failure } from './failure.ts';
import { explainRun } from './existingRun.ts';
import { interruptible } from './interrupted.ts';
import { json, say } from './output.ts';
import type { Surroundings } from './surroundings.ts';

interface ClientFlags {
  readonly host: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly json?: boolean;
}

/** The options of every command that talks to a recorder; they may stand before or after its name. */
export function addClientOptions(program: Command): void {
  program.optionsGroup('Recorder options:');
  program
    .addOption(
      new Option('--host <host[:port]>', 'Where the recorder is; https://HOST:PORT with TLS.')
        .env('KUBEMON_HOST')
        .default(defaultAddress)
        .argParser(allowed(address, defaultAddress)),
    )
    .addOption(new Option('--token <token>', 'For a recorder that wants one.').env('KUBEMON_TOKEN'))
    .addOption(new Option('--token-file <file>', 'A file that holds the token.').env('AUTH_TOKEN_FILE'))
    .addOption(
      new Option(
        '--ca-file <file>',
        'PEM of the authority that the certificate of an https recorder is from.',
      ).env('KUBEMON_CA_FILE'),
    )
    .option('--json', 'Print the JSON of the API instead of text for people.');
}

/** A command that asks a recorder one thing and shows the answer. */
export interface ClientCommand<Answer> {
  readonly ask: (client: RecorderClient, command: Command, signal: AbortSignal) => Promise<Answer>;
  /** May ask for more. Undefined: all has been shown. */
  readonly show: (answer: Answer, client: RecorderClient) => string | undefined | Promise<string | undefined>;
  /** How --json prints the answer; absent: over several lines. */
  readonly showJson?: (answer: Answer) => string;
  /** Why the answer, which is shown all the same, makes the command fail: a sentence. */
  readonly failure?: (answer: Answer) => string | undefined;
}

export function actAsClient<Answer>(
  command: Command,
  { interruption }: Surroundings,
  { ask, show, showJson = json, failure }: ClientCommand<Answer>,
): void {
  command.configureHelp({ ...command.configureHelp(), showGlobalOptions: true });
  command.action(async () => {
    const signal = interruption();
    const client = await clientOf(command, signal);
    const work = async (): Promise<string | undefined> => {
      const answer = await ask(client, command, signal);
      const text = isJson(command) ? showJson(answer) : await show(answer, client);
      // After that it is no more ours what is on the screen.
      signal.throwIfAborted();
      if (text !== undefined) say(text);
      return failure?.(answer);
    };
    const why = await interruptible(explainRun(work(), command, client), signal);
    if (why !== undefined) throw new Failure(why);
  });
}

/** Whether the user asked for JSON. */
export function isJson(command: Command): boolean {
  return command.optsWithGlobals<ClientFlags>().json === true;
}

/** The recorder that the options of a command name. @throws Failure when a token or an authority cannot be used. */
export async function clientOf(command: Command, signal: AbortSignal): Promise<RecorderClient> {
  const { host, caFile } = command.optsWithGlobals<ClientFlags>();
  // Not before: the servers, which are commands too, do without it.
  const { RecorderClient } = await import('./client.ts');
  return new RecorderClient({
    host,
    token: tokenOf(command),
    ca: content(caFile, readAuthorities, 'The authority', '--ca-file or KUBEMON_CA_FILE'),
    signal,
  });
}

/** The options of the recorder as they were typed with a command, as arguments of another. */
export function typedOptions({ parent }: Command): readonly string[] {
  return (parent?.options ?? []).flatMap((option) => {
    const name = option.attributeName();
    if (parent?.getOptionValueSource(name) !== 'cli') return [];
    const value: unknown = parent.getOptionValue(name);
    return typeof value === 'string' ? [`${option.long}=${value}`] : [String(option.long)];
  });
}

/**
 * Makes the parser of a setting's kind one of a commander option: what is wrong is wrong usage.
 * An option with a variable has a value for an empty one, too.
 */
export function allowed<T>(parse: (text: string) => T, empty?: T): (text: string) => T {
  return (text) => {
    try {
      return text === '' && empty !== undefined ? empty : parse(text);
    } catch (error) {
      if (error instanceof RangeError) throw new InvalidArgumentError(`It must be ${error.message}.`);
      throw error;
    }
  };
}

function address(text: string): string {
  baseUrl(text);
  return text;
}

/** What is typed counts before what a variable says, and the token itself before a file of it. */
export function tokenOf(command: Command): string | undefined {
  const { token: given = '', tokenFile } = command.optsWithGlobals<ClientFlags>();
  const isTyped = (name: keyof ClientFlags) => command.getOptionValueSourceWithGlobals(name) === 'cli';
  if (given === '' || (isTyped('tokenFile') && !isTyped('token'))) {
    return content(tokenFile, readToken, 'The token', '--token-file or AUTH_TOKEN_FILE');
  }
  return held(given, readToken, (wanted) => `--token or KUBEMON_TOKEN must be ${wanted}`);
}

/** Of a variable that is empty nothing is known, as of one that is not set. */
function content(
  path: string | undefined,
  read: (text: string) => string,
  what: string,
  options: string,
): string | undefined {
  if (path === undefined || path === '') return undefined;
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`${what} cannot be read: ${messageOf(error)}. Correct ${options}.`);
  }
  return held(
    text,
    read,
    (wanted) => `${what} cannot be used: ${path} must hold ${wanted}. Correct ${options}`,
  );
}

function held(text: string, read: (text: string) => string, explain: (wanted: string) => string): string {
  try {
    return read(text);
  } catch (error) {
    throw error instanceof RangeError ? new Failure(`${explain(error.message)}.`) : error;
  }
}
