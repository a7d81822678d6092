import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { daemonAddress } from './daemonAddress.ts';
import type { Arrivals, FleetOptions, FleetStarted } from './daemonMessages.ts';

/** Simulated daemons, in a process of their own. */
export interface Fleet extends FleetStarted {
  readonly pid: number;
  /** host:port by which each is asked. */
  readonly addresses: readonly string[];
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
  const addresses = started.ports.map((port, daemon) => `${hostOf(daemon, options)}:${port}`);
  return {
    ...started,
    pid: child.pid ?? Number.NaN,
    addresses,
    targets: targetsOf(addresses),
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
function targetsOf(addresses: readonly string[]): string {
  return addresses.map((address, daemon) => `${daemonName(daemon)}=http://${address}/metrics`).join(',');
}

function hostOf(daemon: number, { addressed = false, compressed }: FleetOptions): string {
  if (addressed) return daemonAddress(daemon);
  // Leads to this machine, too.
  return compressed ? '0.0.0.0' : '127.0.0.1';
}

export function daemonName(daemon: number): string {
  return `n${daemon}`;
}
