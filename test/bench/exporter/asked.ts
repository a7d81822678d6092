import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ownChild } from './ownChild.ts';

/** A program that answers every line with a line. */
export interface Asked {
  /** The next line that it says. */
  listen(): Promise<string>;
  ask(): Promise<string>;
  stop(): Promise<void>;
}

export function startAsked(command: string, args: readonly string[]): Asked {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const stop = ownChild(child);
  const lines = createInterface(child.stdout);
  const listen = async () => {
    const [line]: unknown[] = await Promise.race([once(lines, 'line'), ended]);
    if (typeof line !== 'string') throw new Error(`${[command, ...args].join(' ')} has ended.`);
    return line;
  };
  return {
    listen,
    ask: async () => {
      const answer = listen();
      child.stdin.write('\n');
      return answer;
    },
    stop,
  };
}
