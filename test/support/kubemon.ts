import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../dist/recorder/cli/main.js', import.meta.url));

/** The kubemon command as it is built, in a process of its own. */
export interface Kubemon {
  readonly pid: number;
  /** All it has printed so far, on stdout and stderr. */
  output(): string;
  /** Resolves as soon as it has printed that text. Rejects when it ends before. */
  says(text: string): Promise<void>;
  /** Its exit code; undefined while it runs. */
  exitCode(): number | undefined;
  /** Asks it to end (SIGTERM) and waits for that. The exit code. */
  stop(): Promise<number>;
  /** Waits until it ends by itself. The exit code. */
  readonly ended: Promise<number>;
}

export function startKubemon(args: readonly string[], settings: Readonly<Record<string, string>>): Kubemon {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, LOG_LEVEL: 'warn', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const printed = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      printed.emit('more');
    });
  }
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === null) reject(new Error(`kubemon was ended by ${String(signal)}: ${text}`));
      else resolve(code);
    });
  });
  // Whoever waits for it hears of it; nobody has to.
  ended.catch(() => undefined);
  return {
    pid: child.pid ?? Number.NaN,
    output: () => text,
    says: async (wanted) => {
      while (!text.includes(wanted)) {
        const end = await Promise.race([once(printed, 'more'), ended]);
        if (typeof end === 'number')
          throw new Error(`kubemon ended with ${end} before it said "${wanted}": ${text}`);
      }
    },
    exitCode: () => child.exitCode ?? undefined,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
