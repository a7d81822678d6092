import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { isoTime } from '../../../recorder/csv/rows.ts';
import { until } from '../../support/until.ts';
import { hostile, kubemon, loopbackExporter, machine } from '../run/loopbackExporter.ts';
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

test('daemons that are not connected yet are waited for', async () => {
  const exporter = await loopbackExporter(hostile['status 500'] ?? kubemon(machine('node-1')));
  onTestFinished(exporter.close);
  const { control, store } = await sharedRecorder(1, { 'node-1': exporter.url });
  store.set([recording('one', { daemons: 1 })]);
  await until('it waits', () => store.writes.includes('tell one Pending'));
  expect(store.recordings()[0]?.status).toMatchObject({
    message: '1 daemon(s) expected. There are connected only 0.',
    shards: { 0: { phase: 'Pending', reason: 'Conflict' } },
  });
  exporter.behave(kubemon(machine('node-1')));
  await until('it starts', () => store.writes.includes('tell one Recording'));
  expect(store.writes.filter((write) => write.includes('Failed'))).toEqual([]);
  await control.stop();
});

/** It was asked for the first time so many seconds ago, when there were too few daemons. */
function pending(seconds: number) {
  const message = '5 daemon(s) expected. There are connected only 0.';
  return recording(
    'one',
    { daemons: 5 },
    {
      phase: 'Pending',
      conditions: [
        {
          type: 'Recording',
          status: 'False',
          observedGeneration: 1,
          lastTransitionTime: isoTime(Date.now() / 1000 - seconds),
          reason: 'Pending',
          message,
        },
      ],
    },
  );
}

test('daemons are waited for a minute, also by a recorder that was started again meanwhile', async () => {
  const { store } = await sharedRecorder(1);
  store.set([pending(61)]);
  await until('it is refused', () => store.writes.includes('tell one Failed'));
  expect(store.writes).toEqual(['tell one Failed']);
  expect(store.recordings()[0]?.status?.conditions).toContainEqual(
    expect.objectContaining({
      type: 'Failed',
      status: 'True',
      reason: 'Conflict',
      message: '5 daemon(s) expected. There are connected only 0.',
    }),
  );
});

test('what another has claimed is not refused, though nobody has told of it yet', async () => {
  const { control, store } = await sharedRecorder(2);
  store.agreeUnseen(agreedAgo(2));
  store.set([pending(61)]);
  await until('it takes part', () => store.writes.includes('tell one Recording'));
  expect(store.writes.filter((write) => write.includes('Failed'))).toEqual([]);
  await control.stop();
});

test('whoever asks over HTTP is not let wait for daemons, which are counted once', async () => {
  const { control, store } = await sharedRecorder(1);
  await expect(control.start({ run: 'two', daemons: 5 })).rejects.toMatchObject({
    status: 409,
    message: '5 daemon(s) expected. There are connected only 0.',
  });
  const { metadata, spec } = recording('one', { daemons: 5 });
  const annotations = { 'kubemon.io/daemons-counted': isoTime(Date.now() / 1000) };
  store.set([{ metadata: { ...metadata, annotations }, spec }]);
  await until('it starts', () => store.writes.includes('tell one Recording'));
  expect(store.writes).toEqual(['agree one', 'tell one Recording']);
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

test('a mark that reaches a recorder which has refused its part is refused, and told is who takes it', async () => {
  const { control, store } = await sharedRecorder(3);
  expect(() => control.mark('now')).toThrow('Nothing is recording.');
  const parts = { 0: part('Failed'), 1: part('Recording'), 2: part('Recording') };
  store.set([recording('one', {}, { phase: 'Recording', shards: parts })], {
    ...agreedAgo(5),
    shards: 3,
  });
  expect(() => control.mark('now')).toThrow('Run one is not on in this recorder: ask shard 1 or 2.');
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
