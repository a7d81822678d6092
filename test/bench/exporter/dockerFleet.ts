import { createFleet } from '../../support/fleet.ts';
import { type FleetSize, shareOf, type StartingFleet } from './fleetSize.ts';

export type Work = 'idle' | 'busy';

/** More at once gain nothing: dockerd is at its limit. */
const atOnce = 4;

/**
 * Starts real containers with the worker in them, on a bridge each with a network of its own; every third
 * has limits of memory and CPU.
 * @param folder has the worker in it.
 */
export function startDockerFleet(
  { containers, processes }: FleetSize,
  work: Work,
  folder: string,
): StartingFleet {
  const fleet = createFleet('bench');
  let next = 0;

  async function startSome(): Promise<void> {
    while (next < containers) {
      const number = next++;
      const limits = number % 3 === 0 ? ['--memory', '64m', '--cpus', '0.5'] : [];
      const members = shareOf(processes, containers, number);
      const script = `exec /bench/worker ${members} ${work}`;
      await fleet.start(`${work}-${number}`, script, '-v', `${folder}:/bench:ro`, ...limits);
    }
  }

  const starters = Array.from({ length: atOnce }, startSome);
  return {
    started: Promise.all(starters).then(() => undefined),
    remove: async () => {
      next = containers;
      await Promise.allSettled(starters);
      await fleet.remove();
    },
  };
}
