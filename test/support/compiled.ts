import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Compiles a script of the tests, with what it imports, into a folder of plain JavaScript, for a process
 * of its own. The path of the script there.
 * @param script its path from the root of the checkout, without `.ts`.
 */
export function compiled(script: string, folder: string): string {
  const options =
    '--target es2023 --module nodenext --rewriteRelativeImportExtensions --types node --skipLibCheck';
  const compile = ['tsc', '--ignoreConfig', ...options.split(' '), '--rootDir', '.', '--outDir', folder];
  execFileSync('npx', [...compile, `${script}.ts`], { cwd: root, stdio: 'inherit' });
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  return join(folder, `${script}.js`);
}
