/** Set aside for benchmarks, so that no network has it: https://www.rfc-editor.org/rfc/rfc2544#appendix-C.2.2 */
export const daemonNetwork = '198.18.0.0/16';

/** The address of a simulated daemon that has one of its own. @param daemon from 0, below 65,535 */
export function daemonAddress(daemon: number): string {
  const host = daemon + 1;
  return `198.18.${host >> 8}.${host & 0xff}`;
}

/** Whose address that is. */
export function daemonAt(address: string): number {
  const [, , high, low] = address.split('.').map(Number);
  return (high ?? Number.NaN) * 256 + (low ?? Number.NaN) - 1;
}
