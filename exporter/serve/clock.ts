import { performance } from 'node:perf_hooks';

/**
 * The machine's wall clock in seconds since the epoch, to a few microseconds.
 *
 * Date.now() tells only whole milliseconds. Each of its readings says that the wall clock is between
 * reading and reading + 1 ms ahead of the monotonic clock by so much; the intersection of all
 * readings soon is narrower than a microsecond. It comes out empty when the wall clock was stepped:
 * then the search starts again from the last reading.
 */
export function createWallClock(
  milliseconds: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): () => number {
  let low = -Infinity;
  let high = Infinity;
  function read(): number {
    const before = monotonic();
    const wall = milliseconds();
    const after = monotonic();
    const least = wall - after;
    const most = wall + 1 - before;
    if (least > high || most < low) {
      low = least;
      high = most;
    } else {
      low = Math.max(low, least);
      high = Math.min(high, most);
    }
    return (after + (low + high) / 2) / 1000;
  }
  // A few milliseconds of readings at the start make the first answers as exact as the later ones.
  for (const end = monotonic() + 3; monotonic() < end;) read();
  return read;
}
