import { expect, test } from 'vitest';
import { inTurn } from './inTurn.ts';

test('everyone has a turn a round, and everyone begins a round', async () => {
  const took: string[] = [];
  const turns = ['a', 'b', 'c'].map((name) => async () => {
    took.push(name);
    return Promise.resolve();
  });
  await inTurn(4, turns, 0);
  expect(took.join('')).toBe('abcbcacababc');
});

test('rounds are no less apart than asked for', async () => {
  const apart = await inTurn(3, [async () => Promise.resolve(), async () => Promise.resolve()], 0.05);
  expect(apart).toBeGreaterThan(0.045);
});
