import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const command = fileURLToPath(new URL('../../../dist/recorder/cli/main.js', import.meta.url));

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command to its end. Its environment has nothing of kubemon's but what is given. */
export function runKubemon(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
  folder?: string,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings };
    execFile(process.execPath, [command, ...args], { env, cwd: folder }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else reject(new Error(`kubemon ${args.join(' ')} was ended: ${stderr}`, { cause: error }));
    });
  });
}
