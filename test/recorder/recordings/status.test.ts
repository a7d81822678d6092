import { expect, test } from 'vitest';
import { statusOf, type Told } from '../../../recorder/recordings/status.ts';
import { part } from './objects.ts';

function status(changes: Partial<Told>) {
  return statusOf({
    run: 'one',
    generation: 3,
    parts: {},
    isLate: false,
    now: '2026-03-01T12:00:00.000Z',
    ...changes,
  });
}

const ticks = (planned: number, done: number) => ({ planned, done, dropped: planned - done });

test('one recorder: its part is the whole', () => {
  const told = part('Completed', {
    message: 'Recorded 10 of 10 ticks, valid.',
    ticks: ticks(10, 10),
    coverage: 1,
    verdict: 'valid',
    startTime: '2026-03-01T11:59:00.000Z',
    stopTime: '2026-03-01T12:00:00.000Z',
  });
  const condition = {
    observedGeneration: 3,
    lastTransitionTime: '2026-03-01T12:00:00.000Z',
    reason: 'Valid',
  };
  const { message } = told;
  expect(status({ shards: 1, parts: { 0: told } })).toEqual({
    ...told,
    observedGeneration: 3,
    run: 'one',
    shards: { 0: told },
    conditions: [
      { ...condition, type: 'Recording', status: 'False', message },
      { ...condition, type: 'Complete', status: 'True', message },
      { ...condition, type: 'Failed', status: 'False', message },
    ],
  });
});

test.each([
  ['daemons are waited for', 1, { 0: part('Pending') }, 'Pending', undefined],
  [
    'nobody records it, and one has refused',
    undefined,
    { 0: part('Failed'), 1: part('Pending') },
    'Failed',
    undefined,
  ],
  ['one waited, the other records', 2, { 0: part('Pending'), 1: part('Recording') }, 'Recording', undefined],
  [
    'one has waited, the other could not',
    2,
    { 0: part('Pending'), 1: part('Failed') },
    'Starting',
    undefined,
  ],
  ['one has started', 2, { 0: part('Recording') }, 'Recording', undefined],
  ['one could not, the other is to be heard of', 2, { 0: part('Failed') }, 'Starting', undefined],
  ['none could', 2, { 0: part('Failed'), 1: part('Failed') }, 'Failed', undefined],
  [
    'one could not, the other records',
    2,
    { 0: part('Failed'), 1: part('Recording') },
    'Recording',
    undefined,
  ],
  ['one has ended', 2, { 0: part('Completed'), 1: part('Recording') }, 'Recording', undefined],
  ['one is ending', 2, { 0: part('Stopping'), 1: part('Recording') }, 'Stopping', undefined],
  [
    'one has ended, the other is to be heard of',
    2,
    { 0: part('Completed', { verdict: 'valid' }) },
    'Stopping',
    undefined,
  ],
  [
    'both have ended: the worst verdict',
    2,
    { 0: part('Completed', { verdict: 'valid' }), 1: part('Completed', { verdict: 'degraded' }) },
    'Completed',
    'degraded',
  ],
  [
    'one has not recorded it',
    2,
    { 0: part('Completed', { verdict: 'valid' }), 1: part('Failed') },
    'Completed',
    'inconclusive',
  ],
] as const)('%s', (_, shards, parts, phase, verdict) => {
  const { phase: told, verdict: judged } = status({ ...(shards !== undefined && { shards }), parts });
  expect([told, judged]).toEqual([phase, verdict]);
});

test('what all wait for is told once, and no condition is true of it', () => {
  const parts = {
    0: part('Pending', { reason: 'Conflict', message: 'There are too few.' }),
    1: part('Pending', { reason: 'Conflict', message: 'There are too few.' }),
  };
  const { message, conditions, shards } = status({ parts });
  expect(message).toBe('There are too few.');
  expect(conditions.map(({ type, status: is, reason }) => [type, is, reason])).toEqual([
    ['Recording', 'False', 'Pending'],
    ['Complete', 'False', 'Pending'],
    ['Failed', 'False', 'Pending'],
  ]);
  expect(shards).toEqual(parts);
});

test('a tick is done where all have done it', () => {
  const parts = {
    0: part('Completed', { ticks: ticks(10, 9), coverage: 0.9, startTime: 'b', stopTime: 'c' }),
    1: part('Completed', { ticks: ticks(10, 10), coverage: 1, startTime: 'a', stopTime: 'd' }),
  };
  expect(status({ shards: 2, parts })).toMatchObject({
    ticks: ticks(10, 9),
    coverage: 0.9,
    startTime: 'a',
    stopTime: 'd',
    message: 'Recorder 0: Completed. Recorder 1: Completed.',
  });
});

test('whoever has told nothing for too long is named', () => {
  const parts = { 0: part('Completed', { verdict: 'valid' }), 1: part('Recording', { ticks: ticks(4, 4) }) };
  const { phase, verdict, shards, message } = status({ shards: 3, parts, isLate: true });
  expect([phase, verdict]).toEqual(['Completed', 'inconclusive']);
  expect(Object.keys(shards)).toEqual(['0', '1', '2']);
  expect(shards[1]).toMatchObject({ phase: 'Failed', reason: 'Unavailable', ticks: ticks(4, 4) });
  expect(message).toContain('Recorder 2: It has not told how the run ended');
});

test('a condition keeps the time of its transition', () => {
  const before = status({ parts: { 0: part('Recording') }, now: 'before' });
  const after = status({ parts: { 0: part('Completed') }, conditions: before.conditions, now: 'after' });
  expect(
    after.conditions.map(({ type, status: is, lastTransitionTime }) => [type, is, lastTransitionTime]),
  ).toEqual([
    ['Recording', 'False', 'after'],
    ['Complete', 'True', 'after'],
    ['Failed', 'False', 'before'],
  ]);
});
