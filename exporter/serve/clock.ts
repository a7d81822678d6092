import { performance } from 'node:perf_hooks';

/** An undisturbed reading bounds the wall clock to a little more than this, in milliseconds. */
const undisturbed = 1.1;
/** So often a disturbed reading is repeated at most. */
const attempts = 100;

/**
 * The machine's wall clock in seconds since the epoch, to a few microseconds.
 *
 * Date.now() tells only whole milliseconds. Each of its readings says that the wall clock is between
 * reading and reading + 1 ms ahead of the monotonic clock by so much; the intersection of all
 * readings soon is narrower than a microsecond. It comes out empty when the wall clock was stepped:
 * then the search starts again from the last reading. A reading in the middle of which the thread was
 * put aside says little, and is repeated.
 */
export function createWallClock(
  milliseconds: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): () => number {
  let low = -Infinity;
  let high = Infinity;
  let last = 0;

  function look(): void {
    const before = monotonic();
    const wall = milliseconds();
    last = monotonic();
    const least = wall - last;
    const most = wall + 1 - before;
    const stepped = least > high || most < low;
    low = stepped ? least : Math.max(low, least);
    high = stepped ? most : Math.min(high, most);
  }

  function read(): number {
    look();
    for (let attempt = 1; high - low > undisturbed && attempt < attempts; attempt++) look();
    return (last + (low + high) / 2) / 1000;
  }
  // A few milliseconds of readings at the start make the first answers as exact as the later ones.
  for (const end = monotonic() + 3; monotonic() < end;) read();
  return read;
}
