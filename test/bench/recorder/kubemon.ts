import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../../../dist/recorder/cli/main.js', import.meta.url));

/** The kubemon command as it is built, in a process of its own. */
export interface Kubemon {
  readonly pid: number;
  /** Whether it ends by itself within so many seconds. */
  endsWithin(seconds: number): Promise<boolean>;
  /** Asks it to end (SIGTERM) and waits for that. */
  stop(): Promise<void>;
}

/**
 * Resolves when it has logged `ready`.
 * @param nodeOptions Node.js' own, before the command.
 * @throws with all that it has said, where it ends before.
 */
export async function startKubemon(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  ready: string,
  nodeOptions: readonly string[] = [],
): Promise<Kubemon> {
  const child = spawn(process.execPath, [...nodeOptions, command, ...args], {
    env: { ...process.env, LOG_LEVEL: 'info', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  let isReady = false;
  const saysReady = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        // Kept for whoever starts it, not for as long as it runs.
        if (isReady) return;
        said += text;
        isReady = said.includes(ready);
        if (isReady) resolve();
      });
    }
  });
  await Promise.race([
    saysReady,
    ended.then(() => {
      throw new Error(`kubemon ${args.join(' ')} has ended before it was "${ready}": ${said}`);
    }),
  ]);
  return {
    pid: child.pid ?? Number.NaN,
    endsWithin: (seconds) =>
      Promise.race([ended.then(() => true), sleep(seconds * 1000, false, { ref: false })]),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
