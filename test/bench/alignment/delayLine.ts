import { performance } from 'node:perf_hooks';

/**
 * Hands on what is put in after a delay of its own each, and never before what was put in earlier.
 * @param delay of the next one, in milliseconds; 0: at once, if nothing is under way.
 */
export function createDelayLine<T>(delay: () => number, handOn: (item: T) => void): (item: T) => void {
  const underWay: { readonly item: T }[] = [];
  let last = 0;

  // Timers for nearly the same moment may come in any order: each hands on whoever is first.
  function next(): void {
    const first = underWay.shift();
    if (first !== undefined) handOn(first.item);
  }

  return (item) => {
    const now = performance.now();
    last = Math.max(last, now + delay());
    if (last === now && underWay.length === 0) {
      handOn(item);
      return;
    }
    underWay.push({ item });
    setTimeout(next, last - now);
  };
}
