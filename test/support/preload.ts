import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Compiles test/support/preload/NAME.c into a folder.
 * @returns the library, for LD_PRELOAD.
 */
export function compilePreload(name: 'clock' | 'disk' | 'kernel' | 'nosync', folder: string): string {
  const source = fileURLToPath(new URL(`preload/${name}.c`, import.meta.url));
  const library = join(folder, `${name}.so`);
  const options = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-pthread'];
  execFileSync('cc', [...options, '-o', library, source, '-ldl'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return library;
}
