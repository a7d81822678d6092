import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/**
 * Runs test/vm/guest/SCRIPT.ts in the virtual machine of KUBEMON_VM, as root, and returns the folder
 * with what it left in /out. The script finds there what this checkout has built, and no network.
 * @throws Error with the output of the machine, unless the script ends well within so many seconds.
 */
export async function runInMachine(script: string, seconds = 600): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-vm-'));
  const job = join(folder, 'job');
  const out = join(folder, 'out');
  try {
    for (const name of ['dist', 'package.json', ...(await productionModules())]) {
      cpSync(join(root, name), join(job, name), { recursive: true });
    }
    await run('npx', ['tsc', '-p', 'test/vm/guest', '--outDir', job], { cwd: root });
    const command = ['node', `test/vm/guest/${script}.js`];
    await run(String(process.env['KUBEMON_VM']), ['-t', String(seconds), job, out, '--', ...command], {
      maxBuffer: 2 ** 26,
    });
    return out;
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}

/** Folders below the root of the checkout: what `npm install` of the package would bring. */
async function productionModules(): Promise<readonly string[]> {
  const list = ['ls', '--omit=dev', '--all', '--parseable'];
  const { stdout } = await run('npm', list, { cwd: root, maxBuffer: 2 ** 26 });
  const folders = stdout.split('\n').map((path) => relative(root, path));
  return folders.filter((path) => path.startsWith('node_modules/'));
}
