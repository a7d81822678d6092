import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';
import { messageOf } from './messageOf.ts';
import { unusable } from './settings.ts';

/** What files hold, as it is now. */
export interface Followed<T> {
  current(): T;
  /** Called after it has changed. */
  onChange(listener: (value: T) => void): void;
}

export interface FollowOptions {
  readonly log: Log;
  /** Ends it. */
  readonly signal: AbortSignal;
}

export interface Following<T> {
  readonly files: readonly NamedFile[];
  /**
   * From the text of each, in their order.
   * @throws SettingError, where one does not hold what it must.
   */
  readonly interpret: (texts: readonly string[]) => T;
}

/** A file that a setting names. */
export interface NamedFile {
  readonly env: string;
  readonly path: string;
}

/** Seconds between two looks. */
const every = 1;

/**
 * Reads files and goes on reading them: a certificate, a key, a token, which are renewed while the
 * program runs. Contents are compared, not dates: Kubernetes replaces a mounted Secret by turning a
 * symbolic link (..data), others write in place, and a change of either kind is seen within 2 s.
 * New contents that are of no use are told once, and those before stay.
 * https://kubernetes.io/docs/concepts/configuration/secret/#mounted-secrets-are-updated-automatically
 * @throws SettingError when at first a file cannot be read or does not hold what it must.
 */
export async function followFiles<T>(
  { files, interpret }: Following<T>,
  { log, signal }: FollowOptions,
): Promise<Followed<T>> {
  let texts = await readFiles(files);
  let value = interpret(texts);
  const listeners: ((value: T) => void)[] = [];
  let problem: string | undefined;
  let told: string | undefined;

  async function look(): Promise<void> {
    try {
      const next = await readFiles(files);
      if (next.some((text, index) => text !== texts[index])) {
        value = interpret(next);
        texts = next;
        log.info({ files: files.map(({ path }) => path) }, 'files have changed: what they hold now is used');
        for (const listener of listeners) listener(value);
      }
      problem = undefined;
      told = undefined;
    } catch (error) {
      const message = messageOf(error);
      // Of two files one may be renewed already and the other not yet.
      if (message === problem && message !== told) {
        log.error(`${message} What was there before stays in use.`);
        told = message;
      }
      problem = message;
    }
  }

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      await look();
      await sleep(every * 1000, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
  void follow();

  return {
    current: () => value,
    onChange: (listener) => {
      listeners.push(listener);
    },
  };
}

function readFiles(files: readonly NamedFile[]): Promise<readonly string[]> {
  return Promise.all(
    files.map(async ({ env, path }) => {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        throw unusable(env, path, 'a file that can be read', error);
      }
    }),
  );
}
