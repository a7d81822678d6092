import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { errorCode } from '../../../exporter/serve/errno.ts';

/** The lines that were typed at the prompt, kept for the next one. */
export interface History {
  /** The latest first. */
  readonly lines: readonly string[];
  /** Keeps a line, unless it may hold a token. What the file system says to that is ignored. */
  add(line: string): void;
}

/** So many lines are kept; the file may grow to twice that before it is cut. */
const most = 1000;

/** Lines with what a token is given by. A file that holds one is only named. */
const secret = /--token(?!-file)|KUBEMON_TOKEN|authorization|bearer/i;

/**
 * Only its owner can read the file.
 * @param path see historyPath
 * @param token that is used now: a line that holds it is not kept
 */
export function openHistory(path: string, token: string | undefined): History {
  const lines = readLines(path);
  const kept = lines.slice(-most);
  if (lines.length > 2 * most) ignoring(() => rewrite(path, kept));
  let last = kept.at(-1);
  return {
    lines: kept.toReversed(),
    add: (line) => {
      if (line.trim() === '' || line === last || mayHoldToken(line, token)) return;
      last = line;
      ignoring(() => {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        appendFileSync(path, `${line}\n`, { mode: 0o600 });
        chmodSync(path, 0o600);
      });
    },
  };
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ says that a relative path is to be ignored. */
export function historyPath(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const { XDG_STATE_HOME: given = '' } = environment;
  const state = given.startsWith('/') ? given : join(homedir(), '.local', 'state');
  return join(state, 'kubemon', 'history');
}

function mayHoldToken(line: string, token = ''): boolean {
  const bare = unquoted(line);
  const bareToken = unquoted(token);
  return secret.test(bare) || (bareToken !== '' && bare.includes(bareToken));
}

/** A quote may stand in the middle of an option, and a token may hold one. */
function unquoted(text: string): string {
  return text.replaceAll(/["'\\]/g, '');
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

function rewrite(path: string, lines: readonly string[]): void {
  const whole = `${path}.${process.pid}`;
  writeFileSync(whole, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  renameSync(whole, path);
}

/** A prompt without a history is better than none. */
function ignoring(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}
