import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Copies to a folder's node_modules what `npm install` of the package would bring, and nothing else. */
export function copyProductionModules(folder: string): void {
  const list = ['ls', '--omit=dev', '--all', '--parseable'];
  const listed = execFileSync('npm', list, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  for (const path of listed.split('\n')) {
    const place = relative(root, path);
    if (place.startsWith(`node_modules${sep}`)) copyModule(place, folder);
  }
}

/** One of them: packages within it are listed by themselves. */
export function copyModule(place: string, folder: string): void {
  const from = join(root, place);
  cpSync(from, join(folder, place), {
    recursive: true,
    filter: (path) => path !== join(from, 'node_modules'),
  });
}
