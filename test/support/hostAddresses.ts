import { execFileSync } from 'node:child_process';

/** Addresses of this machine that a test has added, as if they were those of other hosts. */
export interface HostAddresses {
  readonly addresses: readonly string[];
  /** What listens there is out of reach until it is healed. */
  cut(address: string): void;
  heal(address: string): void;
  remove(): void;
}

/** Set aside for examples, so that no network has them: https://www.rfc-editor.org/rfc/rfc5737 */
const network = '198.51.100.0/24';

/** Adds up to 254 addresses, with a route that leads nowhere behind them: what is cut off goes to nobody else. */
export function addHostAddresses(count: number): HostAddresses {
  const addresses = Array.from({ length: count }, (_, index) => network.replace('0/24', String(index + 1)));
  const heal = (address: string) => ip('address', 'replace', `${address}/32`, 'dev', 'lo');
  const cut = (address: string) => ip('address', 'delete', `${address}/32`, 'dev', 'lo');
  ip('route', 'replace', 'unreachable', network);
  addresses.forEach(heal);
  return {
    addresses,
    cut,
    heal,
    remove: () => {
      for (const address of addresses) {
        heal(address);
        cut(address);
      }
      ip('route', 'delete', 'unreachable', network);
    },
  };
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
