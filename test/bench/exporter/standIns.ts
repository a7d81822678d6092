import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createCgroups, removeCgroups } from '../../support/standIn.ts';
import { type FleetSize, shareOf, type StartingFleet } from './fleetSize.ts';
import { ownChild } from './ownChild.ts';

/**
 * Makes cgroups where Docker would, with idle workers in them, each family in a network namespace of its own:
 * containers for whoever reads the kernel, in a tenth of the time. Docker knows nothing of them.
 */
export function startStandIns({ containers, processes }: FleetSize, worker: string): StartingFleet {
  const folders: string[] = [];
  const ends: (() => Promise<void>)[] = [];
  let next = 0;

  async function start(): Promise<void> {
    while (next < containers) {
      const number = next++;
      const cgroups = createCgroups(randomBytes(32).toString('hex'));
      folders.push(...cgroups);
      const lists = cgroups.map((folder) => `${folder}/cgroup.procs`);
      const members = String(shareOf(processes, containers, number));
      const family = spawn(worker, [members, 'idle', ...lists], { stdio: ['ignore', 'pipe', 'inherit'] });
      ends.push(ownChild(family));
      const said: unknown[] = await Promise.race([once(family.stdout, 'data'), once(family, 'exit')]);
      if (!String(said[0]).startsWith('ready')) throw new Error('A worker could not join its cgroups.');
    }
  }

  const started = start();
  return {
    started,
    remove: async () => {
      next = containers;
      await Promise.allSettled([started]);
      await Promise.all(ends.map(async (end) => end()));
      await removeCgroups(folders);
    },
  };
}
