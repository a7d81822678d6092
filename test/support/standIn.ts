import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const root = '/sys/fs/cgroup';
const controllers = ['memory', 'cpu', 'cpuacct', 'pids', 'blkio'];

/** A process in a cgroup where Docker would have put it: a container for whoever reads the kernel. */
export interface StandIn {
  /** 64 hex digits. */
  readonly id: string;
  readonly pid: number;
  /** Kills the process and removes the cgroup. */
  end(): Promise<void>;
}

/** Dockerd starts some ten containers a second; a machine may well have more, by other runtimes. */
export async function startStandIn(): Promise<StandIn> {
  const id = randomBytes(32).toString('hex');
  // It ends by itself where its test is killed.
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const pid = child.pid ?? Number.NaN;
  const folders = createCgroups(id);
  for (const folder of folders) writeFileSync(`${folder}/cgroup.procs`, String(pid));
  return {
    id,
    pid,
    end: async () => {
      await kill(child);
      await removeCgroups(folders);
    },
  };
}

/** Makes the cgroup of a container in every hierarchy. */
export function createCgroups(id: string): readonly string[] {
  const isV2 = existsSync(`${root}/cgroup.controllers`);
  const hierarchies = isV2 ? [root] : controllers.map((name) => `${root}/${name}`).filter(existsSync);
  return hierarchies.map((hierarchy) => {
    const folder = `${hierarchy}/docker/${id}`;
    mkdirSync(folder, { recursive: true });
    return folder;
  });
}

/** A cgroup is busy until the kernel has buried its last process. */
export async function removeCgroups(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for (let attempt = 0; existsSync(folder); attempt++) {
      try {
        rmdirSync(folder);
      } catch (error) {
        if (attempt === 500) throw error;
        await sleep(10);
      }
    }
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'close');
}
