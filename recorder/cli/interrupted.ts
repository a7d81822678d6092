import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.ts';
import { aborted } from './signals.ts';

/** The user has broken a command off. The message is what to know of it: a sentence, or nothing. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What is broken off has so many milliseconds to say what came of it. */
const grace = 500;

/**
 * The outcome of a work that hears of the signal itself, or does not: then it is left alone.
 * @throws Interrupted after the signal; what the work says of it as an Interrupted or a Failure is kept.
 */
export async function interruptible<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const brokenOff = aborted(signal).then(async () => {
    await sleep(grace);
    throw new Interrupted();
  });
  try {
    return await Promise.race([work, brokenOff]);
  } catch (error) {
    const isTold = error instanceof Interrupted || error instanceof Failure;
    throw signal.aborted && !isTold ? new Interrupted() : error;
  }
}
