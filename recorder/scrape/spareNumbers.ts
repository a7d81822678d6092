/**
 * Numbers that nobody looks at any more, to be used for the next body of any target: made anew for each, they
 * would be garbage outside of V8's heap, which it clears away with its dearest kind of collection. Of each use
 * its own, so that the lengths are alike.
 */
export interface SpareNumbers {
  /** At least so many; what is in them is left from before. */
  take(least: number): Int32Array;
  /** What is given back is not looked at any more. */
  giveBack(numbers: Int32Array): void;
}

/** Bodies that are read at the same time have to take turns: few. */
const mostSpare = 8;
/** Numbers, of 4 bytes. What a body of more leaves would hardly be used again. */
const longestSpare = 1 << 21;

export function createSpareNumbers(): SpareNumbers {
  /** The shortest first. */
  const spare: Int32Array[] = [];
  return {
    take(least) {
      const at = spare.findIndex(({ length }) => length >= least);
      return (at === -1 ? undefined : spare.splice(at, 1)[0]) ?? new Int32Array(least);
    },
    giveBack(numbers) {
      const { length } = numbers;
      if (length === 0 || length > longestSpare) return;
      const at = spare.findIndex((other) => other.length > length);
      spare.splice(at === -1 ? spare.length : at, 0, numbers);
      // A longer one does what the shortest did.
      if (spare.length > mostSpare) spare.shift();
    },
  };
}

/** The same numbers, with room for twice as many. */
export function lengthened(numbers: Int32Array): Int32Array {
  const longer = new Int32Array(numbers.length * 2);
  longer.set(numbers);
  return longer;
}
