/**
 * Numbers of bodies that nobody looks at any more, to be used for the next body of any target: made anew for
 * each, they would be garbage outside of V8's heap, which it clears away with its dearest kind of collection.
 */
const spare: Int32Array[] = [];
/** Bodies that are read at the same time have to take turns: few. */
const mostSpare = 8;

/** At least so many; what is in them is left from before. */
export function takeNumbers(least: number): Int32Array {
  const numbers = spare.pop();
  return numbers !== undefined && numbers.length >= least ? numbers : new Int32Array(least);
}

/** What is given back is not looked at any more. */
export function giveBack(numbers: Int32Array): void {
  if (spare.length < mostSpare) spare.push(numbers);
}

/** The same numbers, with room for twice as many. */
export function lengthened(numbers: Int32Array): Int32Array {
  const longer = new Int32Array(numbers.length * 2);
  longer.set(numbers);
  return longer;
}
