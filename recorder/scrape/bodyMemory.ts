import { ScrapeError } from './scrapeError.ts';

/** The bodies that are on their way or wait to be read. */
export interface BodyMemory {
  /** @param giveUp called when the body is the largest of all, and there is no room for all. */
  hold(giveUp: (error: ScrapeError) => void): HeldBody;
}

export interface HeldBody {
  grow(bytes: number): void;
  release(): void;
}

interface Holder {
  bytes: number;
  readonly giveUp: (error: ScrapeError) => void;
}

/** @param room for so many bytes together, now: what is too much is taken from the largest, so that the others come through. */
export function createBodyMemory(room: () => number): BodyMemory {
  const holders = new Set<Holder>();
  let total = 0;

  function release(holder: Holder): void {
    if (holders.delete(holder)) total -= holder.bytes;
  }

  return {
    hold(giveUp) {
      const holder: Holder = { bytes: 0, giveUp };
      holders.add(holder);
      return {
        grow(bytes) {
          if (!holders.has(holder)) return;
          holder.bytes += bytes;
          total += bytes;
          const maxBytes = room();
          if (total <= maxBytes) return;
          const largest = [...holders].reduce((a, b) => (b.bytes > a.bytes ? b : a));
          release(largest);
          const what = `all bodies have more than ${maxBytes} bytes together, and this is the largest`;
          largest.giveUp(new ScrapeError('too_large', what));
        },
        release: () => {
          release(holder);
        },
      };
    },
  };
}
