import { Failure } from './failure.ts';

/** @throws Failure where there is no Linux kernel to read. */
export function requireLinux(platform: string = process.platform): void {
  if (platform === 'linux') return;
  throw new Failure(
    `kubemon reads the Linux kernel, and this is ${platform}: run it on Linux, in a Linux container or in a cluster.`,
  );
}
