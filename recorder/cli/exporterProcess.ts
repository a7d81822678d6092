import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.ts';

/** What the exporter's process tells its parent: where it listens, or why it does not. */
export type ExporterMessage = { readonly port: number } | { readonly failure: string };

export interface ExporterProcess {
  readonly port: number;
  /** Aborted, with a Failure for a reason, when the process has ended. */
  readonly ended: AbortSignal;
  /** Ends it and waits for that. */
  close(): Promise<void>;
}

/**
 * Starts the exporter as a child process, with these flags of the command line besides the environment.
 * @throws Failure when it cannot start.
 */
export async function startExporterProcess(
  flags: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv,
): Promise<ExporterProcess> {
  const child = fork(fileURLToPath(new URL('exporterChild.js', import.meta.url)), [JSON.stringify(flags)], {
    env: environment,
  });
  const gone = once(child, 'exit');
  const [message] = await Promise.race([once(child, 'message'), gone.then(() => [undefined])]);
  if (!isMessage(message)) throw new Failure('The exporter ended while it started; its log says why.');
  if ('failure' in message) throw new Failure(`The exporter cannot start: ${message.failure}`);
  const ended = new AbortController();
  child.once('exit', (code, signal) => {
    ended.abort(new Failure(`The exporter's process ended by itself (${signal ?? `exit code ${code}`}).`));
  });
  return {
    port: message.port,
    ended: ended.signal,
    close: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

function isMessage(message: unknown): message is ExporterMessage {
  return typeof message === 'object' && message !== null && ('port' in message || 'failure' in message);
}
