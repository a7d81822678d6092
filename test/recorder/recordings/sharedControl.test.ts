import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { agreed, part, recording } from './objects.ts';
import { sharedRecorder } from './sharedRecorder.ts';

/** Of the Recording `one`, by two recorders, from some seconds ago on. */
function agreedAgo(seconds: number) {
  return agreed({ shards: 2, first: Math.floor(Date.now() / 1000) - seconds });
}

const soon = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test('one of several that sees no Recordings starts no run of its own part', async () => {
  const { control, store } = await sharedRecorder(2);
  store.lack();
  await expect(control.start({ run: 'one' })).rejects.toMatchObject({
    status: 503,
    message: expect.stringMatching(/^2 recorders agree on a run by its Recording/) as unknown,
  });
  expect(control.current()).toBeUndefined();
});

test('what another has claimed meanwhile is not refused by who could not', async () => {
  const { control, store } = await sharedRecorder(2);
  const few = recording('one', { daemons: 5 });
  store.set([few]);
  store.set([few], agreedAgo(2));
  await until('it takes part', () => store.writes.includes('tell one Recording'));
  expect(store.writes.filter((write) => write.includes('Failed'))).toEqual([]);
  await control.stop();
});

test('alone it starts the run without a Recording', async () => {
  const { control, store } = await sharedRecorder(1);
  store.lack();
  expect(await control.start({ run: 'one', interval: 0.2 })).toMatchObject({ run: 'one' });
});

test('a stop that reaches a recorder which has refused its part ends the run for all', async () => {
  const { control, store } = await sharedRecorder(2);
  const parts = { 0: part('Failed'), 1: part('Recording') };
  store.set(
    [recording('one', {}, { phase: 'Recording', observedGeneration: 1, shards: parts })],
    agreedAgo(5),
  );
  const refusal = await control.stop().catch((error: unknown) => error);
  const message = expect.stringMatching(
    /^Run one is not on in this recorder, and ends in all others behind /,
  );
  expect(refusal).toMatchObject({ status: 409, message: message as unknown });
  expect(String(refusal).match(/behind (\S+)\.$/)?.[1]).toMatch(soon);
  expect(store.writes).toEqual(['agree one to end']);
  expect(store.agreement()?.last).toBeGreaterThan(Date.now() / 1000 - 1);
});

test('a stop that reaches a recorder which is just joining ends the run for all', async () => {
  const { control, store } = await sharedRecorder(2);
  store.set([recording('one', {}, { phase: 'Recording', shards: { 1: part('Recording') } })], agreedAgo(5));
  while (control.current() === undefined) await setImmediate();
  expect(control.phase()).toBe('starting');
  expect(await control.stop()).toMatchObject({ run: 'one' });
  expect(store.writes).toContain('agree one to end');
  await until('its end is told', () => store.recordings()[0]?.status?.shards?.[0]?.phase === 'Completed');
});

test('a stop of which the others cannot hear says so, and is told when the API is back', async () => {
  const { control, store } = await sharedRecorder(2);
  store.set([recording('one')], agreedAgo(2));
  await until('it takes part', () => control.phase() === 'recording');
  store.beAway(true);
  expect(await control.stop()).toMatchObject({
    run: 'one',
    message:
      'Stopped collector. The other recorders go on until the Kubernetes API, which is away, tells them to stop.',
  });
  expect(store.writes).not.toContain('agree one to end');
  store.beAway(false);
  await until('it is told', () => store.writes.includes('agree one to end'));
});

test('nothing is stopped where what was agreed on is over', async () => {
  const { control, store } = await sharedRecorder(2);
  store.set([recording('one', {}, { phase: 'Completed' })], agreedAgo(5));
  await expect(control.stop()).rejects.toMatchObject({ status: 409, message: 'Nothing is recording.' });
  expect(store.writes).toEqual([]);
});

test('who is late with the run before is told before the next one is agreed on', async () => {
  const { store } = await sharedRecorder(2);
  const parts = { 0: part('Completed', { verdict: 'valid' }) };
  const one = recording('one', { for: '1s' }, { phase: 'Stopping', shards: parts });
  store.set([one, recording('two')], agreedAgo(60));
  await until('two is agreed on', () => store.agreement()?.run === 'two');
  expect(store.writes.slice(0, 2)).toEqual(['tell one Completed', 'agree two']);
  expect(store.recordings()[0]?.status).toMatchObject({
    verdict: 'inconclusive',
    shards: { 0: parts[0], 1: { phase: 'Failed', reason: 'Unavailable' } },
  });
});
