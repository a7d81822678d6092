import { execFileSync } from 'node:child_process';

/** Whether a command is there and succeeds. */
export function runs(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
