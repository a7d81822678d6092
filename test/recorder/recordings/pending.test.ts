import { expect, test } from 'vitest';
import { foundPending, isDue, isGivenUp } from '../../../recorder/recordings/pending.ts';
import { statusOf } from '../../../recorder/recordings/status.ts';
import { part, recording } from './objects.ts';

/** A Recording whose daemons were waited for from then on. */
function pendingSince(time: string) {
  const parts = { 0: part('Pending') };
  return recording('one', {}, statusOf({ run: 'one', generation: 1, parts, isLate: false, now: time }));
}

test('daemons are waited for a minute from when too few were found', () => {
  const found = foundPending(recording('one'), undefined, 1000);
  expect(found).toEqual({ since: 1000, asked: 1000 });
  const again = foundPending(recording('one'), found, 1059.9);
  expect([again, isGivenUp(again)]).toEqual([{ since: 1000, asked: 1059.9 }, false]);
  expect(isGivenUp(foundPending(recording('one'), again, 1060))).toBe(true);
});

test('also by another recorder, or before this one was started again', () => {
  const told = pendingSince('1970-01-01T00:10:00.000Z');
  expect(foundPending(told, undefined, 640)).toEqual({ since: 600, asked: 640 });
  expect(isGivenUp(foundPending(told, undefined, 660))).toBe(true);
});

test('all recorders ask again on the same multiples of five seconds', () => {
  const asked = [1000, 1003.2, 1004.9].map((time) => ({ since: 1000, asked: time }));
  expect(asked.map((pending) => isDue(pending, 1004.99))).toEqual([false, false, false]);
  expect(asked.map((pending) => isDue(pending, 1005))).toEqual([true, true, true]);
});
