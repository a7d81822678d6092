import { execFileSync } from 'node:child_process';

const ignore = () => undefined;

/** While `act` runs no file of this process can grow beyond so many bytes: a disk that is full. */
export async function withFileLimit(bytes: number, act: () => Promise<void>): Promise<void> {
  const before = fileLimit('--output', 'SOFT', '--noheadings', '--raw', '--fsize').trim();
  // Without a listener the signal would end the process.
  process.on('SIGXFSZ', ignore);
  fileLimit(`--fsize=${bytes}:`);
  try {
    await act();
  } finally {
    fileLimit(`--fsize=${before}:`);
    process.off('SIGXFSZ', ignore);
  }
}

function fileLimit(...options: readonly string[]): string {
  return execFileSync('prlimit', ['--pid', String(process.pid), ...options], { encoding: 'utf8' });
}

/** What it needs. */
export function prlimit(): string | undefined {
  try {
    fileLimit('--fsize');
    return undefined;
  } catch {
    return 'there is no prlimit (package util-linux)';
  }
}
