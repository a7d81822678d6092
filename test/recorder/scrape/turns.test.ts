import { expect, test } from 'vitest';
import { inTurns } from '../../../recorder/scrape/turns.ts';

/** Holds the event loop for so many milliseconds, one a step; notes when it is done. */
function* busy(name: string, milliseconds: number, done: string[]): Generator<void, string> {
  for (let step = 0; step < milliseconds; step++) {
    for (const end = performance.now() + 1; performance.now() < end;);
    yield;
  }
  done.push(name);
  return name;
}

test('what is small is done before what is large, whatever came first', async () => {
  const done: string[] = [];
  const large = inTurns({ steps: busy('large', 60, done), size: 1000 });
  const small = inTurns({ steps: busy('small', 30, done), size: 10 });
  expect(await Promise.all([large, small])).toEqual(['large', 'small']);
  expect(done).toEqual(['small', 'large']);
});

test('the event loop comes round between two turns', async () => {
  const done: string[] = [];
  const work = inTurns({ steps: busy('work', 100, done), size: 1 });
  let rounds = 0;
  const count = setInterval(() => rounds++, 0);
  await work;
  clearInterval(count);
  expect(rounds).toBeGreaterThan(3);
});

test('what is late is ended after its first turn, and puts its things in order', async () => {
  let isOrdered = false;
  function* steps(): Generator<void, string> {
    try {
      yield* busy('late', 1000, []);
      return 'done';
    } finally {
      isOrdered = true;
    }
  }
  const late = () => new Error('too late');
  await expect(inTurns({ steps: steps(), size: 1, late })).rejects.toThrow('too late');
  expect(isOrdered).toBe(true);
  expect(await inTurns({ steps: busy('short', 0, []), size: 1, late })).toBe('short');
});

test('a signal ends what waits', async () => {
  const ending = new AbortController();
  const done: string[] = [];
  const first = inTurns({ steps: busy('first', 20, done), size: 1 });
  const second = inTurns({ steps: busy('second', 20, done), size: 2, signal: ending.signal });
  ending.abort(new Error('no room'));
  await expect(second).rejects.toThrow('no room');
  expect(await first).toBe('first');
  expect(done).toEqual(['first']);
});

test('what fails fails its own work only', async () => {
  function* failing(): Generator<void, string> {
    yield;
    throw new Error('broken');
  }
  const failed = inTurns({ steps: failing(), size: 1 });
  const fine = inTurns({ steps: busy('fine', 1, []), size: 2 });
  await expect(failed).rejects.toThrow('broken');
  expect(await fine).toBe('fine');
});
