import { type Command, Option } from 'commander';
import { messageOf } from './messageOf.ts';

/** One setting: an environment variable and a flag of the same name, declared once. */
export interface Setting<T> {
  /** MONITOR_PORT; the flag is --monitor-port. */
  readonly env: string;
  readonly help: string;
  /** As a user would type it; undefined when there is none, with `fallback` saying what then holds. */
  readonly default: string | undefined;
  readonly fallback?: string;
  /** Throws a RangeError whose message says what is allowed. */
  readonly parse: (text: string) => T;
}

// The values of a record of settings. `any` is how a conditional type ranges over all T.
export type Values<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** A setting that cannot be used: one sentence for the person who set it. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

export function setting<T>(
  env: string,
  parse: (text: string) => T,
  defaultText: string,
  help: string,
): Setting<T> {
  return { env, parse, default: defaultText, help };
}

/** A setting that may be absent; `fallback` says in the help what then holds. */
export function optional<T>(
  env: string,
  parse: (text: string) => T,
  fallback: string,
  help: string,
): Setting<T | undefined> {
  return { env, parse, default: undefined, fallback, help };
}

/** Adds a flag for every setting; --help then lists flag, variable and default. */
export function addSettings(command: Command, settings: Readonly<Record<string, Setting<unknown>>>): void {
  for (const { env, help, default: text, fallback } of Object.values(settings)) {
    const shown = text === undefined ? (fallback ?? 'none') : text === '' ? 'empty' : text;
    command.addOption(new Option(`${flag(env)} <value>`, `${help} [${env}, default: ${shown}]`));
  }
}

/**
 * Reads every setting: the flag, else the variable, else the default. An empty one counts as absent.
 * @throws SettingError naming the variable, the value and what is allowed.
 */
export function readSettings<S extends Readonly<Record<string, Setting<unknown>>>>(
  settings: S,
  flags: Readonly<Record<string, string | undefined>>,
  environment: Readonly<Record<string, string | undefined>>,
): Values<S> {
  const values = Object.entries(settings).map(([key, { env, parse, default: text }]) => {
    const given =
      [flags[attribute(env)], environment[env]].find((value) => value !== undefined && value !== '') ?? text;
    if (given === undefined) return [key, undefined];
    try {
      return [key, parse(given)];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new SettingError(`${what(env, given)}, but it must be ${error.message}.`, { cause: error });
    }
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys and values come from S itself
  return Object.fromEntries(values) as Values<S>;
}

/** A setting names a file or folder that is not what it must be; `cause` says why, where it is known. */
export function unusable(env: string, path: string, allowed: string, cause?: unknown): SettingError {
  const why = cause === undefined ? '' : ` (${messageOf(cause)})`;
  return new SettingError(`${what(env, path)}, but it must be ${allowed}${why}.`, { cause });
}

function what(env: string, value: string): string {
  return `${env} (${flag(env)}) is "${value}"`;
}

function flag(env: string): string {
  return `--${env.toLowerCase().replaceAll('_', '-')}`;
}

/** The name under which commander stores the flag's value: monitorPort. */
function attribute(env: string): string {
  return env.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
