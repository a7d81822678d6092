import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Paths of the benchmark's own programs. */
export interface Programs {
  readonly floor: string;
  readonly worker: string;
}

/** From where the compiled benchmark lies, .bench/test/bench/exporter: the sources in C are not there. */
const sources = fileURLToPath(new URL('../../../../test/bench/exporter/', import.meta.url));

export function compilePrograms(folder: string): Programs {
  return { floor: compile('floor', folder), worker: compile('worker', folder) };
}

/** Static: the worker runs in containers that have no library. */
function compile(name: keyof Programs, folder: string): string {
  const program = join(folder, name);
  const options = ['-O2', '-Wall', '-Wextra', '-Werror', '-static'];
  execFileSync('cc', [...options, '-o', program, `${sources}${name}.c`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return program;
}
