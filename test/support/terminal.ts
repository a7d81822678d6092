import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';

const script = fileURLToPath(new URL('terminal.py', import.meta.url));

/** A command on a terminal of its own; needs.python3 is needed. */
export interface Terminal {
  /** All that the terminal was sent so far. */
  raw(): string;
  /** The same without escape sequences, and with \n for line ends. */
  text(): string;
  /** Resolves as soon as so much text, without escape sequences, has come behind what was waited for before. */
  shows(text: string): Promise<void>;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** The exit code; 128 and the number of a signal. */
  readonly ended: Promise<number>;
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder?: string;
}

export const keys = { ctrlC: '\u0003', ctrlD: '\u0004', tab: '\t', up: '\u001B[A', enter: '\r' } as const;

/** What still runs when the test has ended is hung up. Its environment has nothing but what is given and PATH. */
export function onTerminal(
  command: readonly string[],
  { columns = 100, rows = 30, environment, folder }: TerminalOptions,
): Terminal {
  const env = { PATH: process.env['PATH'], TERM: 'xterm-256color', LANG: 'C.UTF-8', ...environment };
  const child = spawn('python3', [script, String(columns), String(rows), ...command], {
    env,
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const changes = new EventEmitter();
  let raw = '';
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    raw += part;
    changes.emit('more');
  });
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code) => {
      resolve(code ?? Number.NaN);
    });
  });
  onTestFinished(() => {
    // The kernel hangs up its terminal.
    child.kill('SIGKILL');
  });
  const text = () => stripVTControlCharacters(raw).replaceAll('\r\n', '\n');
  const tell = (order: readonly unknown[]): void => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
  };
  return {
    raw: () => raw,
    text,
    shows: async (wanted) => {
      for (;;) {
        const at = text().indexOf(wanted, seen);
        if (at >= 0) {
          seen = at + wanted.length;
          return;
        }
        const end = await Promise.race([once(changes, 'more'), ended]);
        if (typeof end === 'number' && !text().includes(wanted, seen))
          throw new Error(`It ended with ${end} before it showed "${wanted}":\n${text()}`);
      }
    },
    type: (typed) => {
      tell(['type', typed]);
    },
    resize: (wide, high) => {
      tell(['resize', wide, high]);
    },
    ended,
  };
}
