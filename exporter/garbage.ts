import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So much garbage may gather before it is collected, in bytes. */
const tolerated = 24 * 1024 * 1024;

/**
 * Prepares collecting the garbage of scrapes between scrapes. V8 by itself lets it grow to several times
 * of what is in use, and then clears it away at a moment of its choice, which may be that of a sample.
 * The room for new objects stays as it is now, too: V8 would let it grow to 32 MB, of which a scrape needs two.
 * @returns to be called after a scrape.
 */
export function createGarbageCollection(): () => void {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--semi-space-growth-factor=1');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') return () => {};
  let inUse = 0;
  return () => {
    if (heapUsed() < inUse + tolerated) return;
    Reflect.apply(collect, undefined, []);
    inUse = heapUsed();
  };
}

// process.memoryUsage() opens a file, which fails where too many are open.
function heapUsed(): number {
  return getHeapStatistics().used_heap_size;
}
