import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Arrivals, FleetOptions, FleetStarted } from './daemonMessages.ts';

/** Simulated daemons, in a process of their own. */
export interface Fleet extends FleetStarted {
  readonly pid: number;
  /** By which they are asked. */
  readonly host: string;
  /** Their names and URLs, as TARGETS. */
  readonly targets: string;
  /** The requests for a moment since it was asked last. */
  arrivals(): Promise<Arrivals>;
  stop(): Promise<void>;
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const program = fileURLToPath(new URL('daemons.js', import.meta.url));
  const child = fork(program, [JSON.stringify(options)], { serialization: 'advanced' });
  const ended = once(child, 'exit');
  async function told<Message>(): Promise<Message> {
    const [message] = await Promise.race([
      once(child, 'message'),
      ended.then(() => {
        throw new Error('The simulated daemons have ended: see what they printed.');
      }),
    ]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- daemons.ts sends what it is asked for
    return message as Message;
  }
  const started = await told<FleetStarted>();
  // Leads to this machine, too.
  const host = options.compressed ? '0.0.0.0' : '127.0.0.1';
  return {
    ...started,
    pid: child.pid ?? Number.NaN,
    host,
    targets: targetsOf(host, started.ports),
    arrivals: () => {
      child.send('arrivals');
      return told<Arrivals>();
    },
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
}

/** Short, since Linux takes 128 KiB a variable of the environment. */
function targetsOf(host: string, ports: readonly number[]): string {
  return ports.map((port, daemon) => `${daemonName(daemon)}=http://${host}:${port}/metrics`).join(',');
}

export function daemonName(daemon: number): string {
  return `n${daemon}`;
}
