import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So much may become old and be of no use before it is collected, in bytes. */
const tolerated = 12 * 1024 * 1024;

/**
 * Prepares collecting the garbage of scrapes between scrapes. V8 by itself lets it grow to several times
 * of what is in use, and then clears it away at a moment of its choice, which may be that of a sample.
 * The new objects of a scrape, 1 to 3 MB of 1,000 processes, are cleared away after each: little is left of them
 * then, so that it takes a millisecond, and the room for them, which V8 would let grow to 32 MB, stays as it is now.
 * That is 8 MB once the exporter's own modules are loaded, and would be twice as much behind those that ask Docker.
 * @returns to be called after a scrape.
 */
export function createGarbageCollection(): () => void {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--semi-space-growth-factor=1');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') return () => {};
  let inUse = 0;
  return () => {
    if (heapUsed() < inUse + tolerated) {
      Reflect.apply(collect, undefined, [{ type: 'minor' }]);
      return;
    }
    Reflect.apply(collect, undefined, []);
    inUse = heapUsed();
  };
}

// process.memoryUsage() opens a file, which fails where too many are open.
function heapUsed(): number {
  return getHeapStatistics().used_heap_size;
}
