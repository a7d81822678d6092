import { expect, test } from 'vitest';
import { inTime } from '../../../recorder/web/inTime.ts';

test('a server that says nothing is one that cannot be reached', async () => {
  const silence = new Promise<never>(() => undefined);
  await expect(inTime(silence, 10)).rejects.toThrow(new TypeError('Nothing came for 0.01 s.'));
});

test('what comes in time is the outcome', async () => {
  expect(await inTime(Promise.resolve('tick'), 60_000)).toBe('tick');
  await expect(inTime(Promise.reject(new Error('refused')), 60_000)).rejects.toThrow('refused');
});
