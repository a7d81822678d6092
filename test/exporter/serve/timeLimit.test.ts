import { getEventListeners, once } from 'node:events';
import { expect, test } from 'vitest';
import { withinTime } from '../../../exporter/serve/timeLimit.ts';

const ended = async (signal: AbortSignal) => {
  await once(signal, 'abort');
  throw new Error('ended');
};

test('work that does not come to its end in time is ended', async () => {
  const { signal } = new AbortController();
  await expect(withinTime({ signal, seconds: 0.01, lacking: 'no answer' }, ended)).rejects.toThrow(
    'no answer within 0.01 s',
  );
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('work that is no longer wanted is ended, and that is not for lack of time', async () => {
  const wanted = new AbortController();
  const limit = { signal: wanted.signal, seconds: 60, lacking: 'no answer' };
  const working = withinTime(limit, ended);
  wanted.abort();
  await expect(working).rejects.toThrow('ended');
  await expect(withinTime(limit, ended)).rejects.toBe(wanted.signal.reason);
});
