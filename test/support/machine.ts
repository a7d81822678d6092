import { execFile, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { copyProductionModules } from './productionModules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/**
 * Runs test/vm/guest/SCRIPT.ts in the virtual machine of KUBEMON_VM, as root, and returns the folder
 * with what it left in /out. The script finds there what this checkout has built, and no network.
 * @throws Error with the output of the machine, unless the script ends well within so many seconds.
 */
export async function runInMachine(script: string, seconds = 600): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-vm-'));
  const out = join(folder, 'out');
  const job = join(folder, 'job');
  try {
    await makeJob(job);
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

/** A machine that is on, without Docker, until its power is cut. */
export interface RunningMachine {
  /** What its script has printed so far. */
  readonly lines: readonly string[];
  /** Resolves as soon as the lines are as wanted. Rejects when the machine ends before. */
  says(wanted: (lines: readonly string[]) => boolean): Promise<void>;
  /** What its kernel has not written to the disk is lost. */
  cutPower(): Promise<void>;
}

export interface MachineOptions {
  /** A folder that makeJob has filled. */
  readonly job: string;
  readonly command: readonly string[];
  /** The file behind /out; made when missing. */
  readonly disk: string;
  /** The folder that gets what is on the disk after the cut. */
  readonly out: string;
}

/** Boots the machine of KUBEMON_VM. Nothing in it is synced but by what the command does. */
export function startMachine({ job, command, disk, out }: MachineOptions): RunningMachine {
  const withoutDocker = ['docker.service', 'docker.socket', 'containerd.service'];
  const child = spawn(
    String(process.env['KUBEMON_VM']),
    ['-t', '900', '-k', disk, job, out, '--', ...command],
    {
      env: {
        ...process.env,
        KUBEMON_VM_APPEND: withoutDocker.map((unit) => `systemd.mask=${unit}`).join(' '),
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const lines: string[] = [];
  const printed = new EventEmitter();
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    printed.emit('more');
  });
  const ended = once(child, 'close');
  return {
    lines,
    says: async (wanted) => {
      while (!wanted(lines)) {
        const [isMore] = await Promise.race([
          once(printed, 'more').then(() => [true]),
          ended.then(() => [false]),
        ]);
        if (!isMore) throw new Error(`The machine ended too soon: ${lines.join('\n')}`);
      }
    },
    cutPower: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Fills a folder, which must not be there, with what this checkout has built and the scripts of test/vm/guest. */
export async function makeJob(job: string): Promise<void> {
  for (const name of ['dist', 'package.json']) {
    cpSync(join(root, name), join(job, name), { recursive: true });
  }
  copyProductionModules(job);
  await run('npx', ['tsc', '-p', 'test/vm/guest', '--outDir', job], { cwd: root });
}
