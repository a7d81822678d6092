import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** kubectl port-forward. */
export interface PortForward {
  /** 127.0.0.1:port */
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * Resolves when connections are accepted. It ends with the pod that it leads to.
 * @param resource service/NAME or pod/NAME
 */
export async function forwardPort(namespace: string, resource: string, port: number): Promise<PortForward> {
  const target = [resource, `:${port}`];
  const child = spawn('kubectl', ['-n', namespace, 'port-forward', ...target], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    errors += part;
  });
  for await (const line of createInterface(child.stdout)) {
    const [, address] = /^Forwarding from (127\.0\.0\.1:\d+)/.exec(line) ?? [];
    if (address === undefined) continue;
    child.stdout.resume();
    return {
      address,
      stop: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error(`kubectl port-forward ${target.join(' ')} has ended: ${errors}`);
}
