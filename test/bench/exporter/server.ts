import { spawn } from 'node:child_process';
import { until } from '../../support/until.ts';
import { connect } from './connection.ts';
import { ownChild } from './ownChild.ts';

/** An exporter in a process of its own, on the loopback. */
export interface Server {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly url: string;
  /** What to install where the command is not there. */
  readonly toInstall: string;
}

/** Starts a program, and waits until it has been scraped once. @throws a sentence where it is not there, or ends. */
export async function startServer({ name, command, args, env, url, toInstall }: Program): Promise<Server> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  let failure: string | undefined;
  child.once('error', () => {
    failure = `${command} cannot be started: ${toInstall}.`;
  });
  child.once('close', (code) => {
    failure ??= `${name} has ended (${String(code)}): ${said}`;
  });
  const stop = ownChild(child);
  const connection = connect(url, 'identity');
  try {
    await until(`${name} answers at ${url}`, async () => {
      if (failure !== undefined) throw new Error(failure);
      return connection.scrape().then(
        () => true,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  } finally {
    connection.close();
  }
  return { name, pid: child.pid ?? Number.NaN, url, stop };
}
