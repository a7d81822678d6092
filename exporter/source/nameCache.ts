import type { ContainerName } from './names.ts';

/** Names by container id: those of the living, and of the dead for a minute after they were seen to die. */
export interface NameCache {
  lookup(id: string): ContainerName | undefined;
  /** The container lives and is called so. */
  set(id: string, name: ContainerName): void;
  /** The container has died: a scrape on its way may still ask for it. */
  died(id: string): void;
  /** Just these live: any other has died. */
  retain(living: ReadonlySet<string>): void;
  readonly size: number;
}

const secondsKept = 60;

/** @param now monotonic seconds */
export function createNameCache(now: () => number = () => performance.now() / 1000): NameCache {
  const names = new Map<string, ContainerName>();
  // In the order of death. Only a death makes it longer, so a death is when it is cut.
  const deaths = new Map<string, number>();
  function died(id: string): void {
    if (!names.has(id) || deaths.has(id)) return;
    deaths.set(id, now());
    for (const [dead, time] of deaths) {
      if (time > now() - secondsKept) break;
      deaths.delete(dead);
      names.delete(dead);
    }
  }
  return {
    lookup: (id) => names.get(id),
    set: (id, name) => {
      names.set(id, name);
      deaths.delete(id);
    },
    died,
    retain: (living) => {
      for (const id of names.keys()) if (!living.has(id)) died(id);
    },
    get size() {
      return names.size;
    },
  };
}
