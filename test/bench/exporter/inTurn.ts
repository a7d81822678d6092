import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Lets all take their turn, so many rounds: a round a second, the turns spread over it, or one after the other
 * where they take longer. The order turns by one each round.
 * @returns the time between two rounds, in seconds.
 */
export async function inTurn(
  rounds: number,
  turns: readonly (() => Promise<void>)[],
  secondsApart = 1,
): Promise<number> {
  const start = performance.now();
  const share = (secondsApart * 1000) / turns.length;
  let next = start;
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < turns.length; index++) {
      await turns[(index + round) % turns.length]?.();
      next = Math.max(next + share, performance.now());
      await sleep(next - performance.now());
    }
  }
  return (performance.now() - start) / 1000 / rounds;
}
