import type { Discovery } from '../../../recorder/discovery/discovery.ts';
import type { Target } from '../../../recorder/scrape/target.ts';

export interface HandDiscovery extends Discovery {
  change(targets: readonly Target[]): void;
}

/** A discovery whose targets are changed by hand. */
export function handDiscovery(first: readonly Target[]): HandDiscovery {
  const listeners: (() => void)[] = [];
  let targets = first;
  return {
    targets: () => targets,
    expected: () => ({ count: targets.length, reason: 'so many are named' }),
    problems: () => [],
    found: () => Promise.resolve(),
    onChange: (listener) => {
      listeners.push(listener);
    },
    close: () => undefined,
    change: (next) => {
      targets = next;
      for (const listener of listeners) listener();
    },
  };
}
