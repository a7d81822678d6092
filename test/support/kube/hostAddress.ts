import { networkInterfaces } from 'node:os';

/** An address of this machine that the API takes for an endpoint's: not loopback. */
export function hostAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find(({ internal, family }) => !internal && family === 'IPv4');
  if (found === undefined) throw new Error('This machine has no IPv4 address but loopback.');
  return found.address;
}
