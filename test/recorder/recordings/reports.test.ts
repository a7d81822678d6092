import { expect, test } from 'vitest';
import { KubernetesApiError } from '../../../exporter/serve/kubernetes/api.ts';
import type { Part } from '../../../recorder/recordings/part.ts';
import type { RecordingObject } from '../../../recorder/recordings/recordingObject.ts';
import { createReports } from '../../../recorder/recordings/reports.ts';
import type { RecordingStatus } from '../../../recorder/recordings/status.ts';
import { agreed, part, recording, view } from './objects.ts';

/** What recorder 0 writes; the API server tells it back at once, or when it is told to. */
function reporting() {
  const written: Partial<RecordingStatus>[] = [];
  let object: RecordingObject = recording('one');
  let now = 1000;
  let isBehind = false;
  let failure: Error | undefined;
  const reports = createReports({
    shard: 0,
    clock: () => now,
    store: {
      tell: (_, status) => {
        if (failure !== undefined) return Promise.reject(failure);
        written.push(status);
        const known: RecordingObject['status'] = Object.fromEntries(
          Object.entries(status).filter(([, value]) => value !== null),
        );
        const shards = { ...object.status?.shards, ...known.shards };
        if (!isBehind) object = { ...object, status: { ...object.status, ...known, shards } };
        return Promise.resolve();
      },
    },
  });
  return {
    phases: () => written.map(({ phase, ticks }) => `${phase} ${ticks?.done ?? 0}`),
    shards: () => written.map(({ shards }) => shards),
    tell: (told: Part | undefined, at: number, shards = 1) => {
      now = at;
      const agreement = agreed({ shards, ...(told === undefined && { last: 1000 }) });
      const parts = told && { one: told };
      return reports.tell(view({ recordings: [object], agreement, ...(parts && { parts }), now }));
    },
    keep: reports.keep,
    behind: (is: boolean) => {
      isBehind = is;
    },
    failing: (error?: Error) => {
      failure = error;
    },
    others: (status: RecordingObject['status']) => {
      object = { ...object, status: { ...object.status, ...status } };
    },
  };
}

function done(count: number): Part {
  return part('Recording', { ticks: { planned: count, done: count, dropped: 0 } });
}

test('a change of phase is written at once, progress every five seconds, and nothing twice', async () => {
  const { tell, phases } = reporting();
  await tell(done(0), 1000);
  await tell(done(0), 1000.1);
  for (let second = 1; second <= 12; second++) await tell(done(second), 1000 + second);
  await tell(part('Completed', { verdict: 'valid' }), 1012.5);
  await tell(part('Completed', { verdict: 'valid' }), 1030);
  expect(phases()).toEqual(['Recording 0', 'Recording 5', 'Recording 10', 'Completed 0']);
});

test('what the API server has not told back yet is not written again before five seconds have passed', async () => {
  const { tell, phases, behind } = reporting();
  behind(true);
  await tell(done(0), 1000);
  await tell(done(1), 1001);
  await tell(done(6), 1006);
  expect(phases()).toEqual(['Recording 0', 'Recording 6']);
});

test('what another recorder has told makes another whole, which is written at once', async () => {
  const { tell, phases, others } = reporting();
  await tell(part('Completed', { verdict: 'valid' }), 1000, 2);
  others({
    shards: { 0: part('Completed', { verdict: 'valid' }), 1: part('Completed', { verdict: 'valid' }) },
  });
  await tell(part('Completed', { verdict: 'valid' }), 1000.2, 2);
  expect(phases()).toEqual(['Stopping 0', 'Completed 0']);
});

test('what could not be written is written again; what is gone is not', async () => {
  const { tell, phases, failing } = reporting();
  failing(new Error('connect ECONNREFUSED'));
  await expect(tell(done(0), 1000)).rejects.toThrow('ECONNREFUSED');
  failing();
  await tell(done(0), 1000.1);
  expect(phases()).toEqual(['Recording 0']);
  failing(new KubernetesApiError(404, 'not found'));
  await expect(tell(part('Completed'), 1001)).resolves.toBeUndefined();
});

test('of the parts only those are written that are others than is known', async () => {
  const { tell, shards, others } = reporting();
  await tell(done(0), 1000, 2);
  others({ shards: { 0: done(0), 1: done(4) } });
  await tell(done(6), 1006, 2);
  expect(shards()).toEqual([{ 0: done(0) }, { 0: done(6) }]);
});

test('a recorder that was started again tells of those that are late, too, from its last word on', async () => {
  const { tell, phases, shards, others } = reporting();
  others({
    phase: 'Recording',
    observedGeneration: 1,
    shards: { 0: part('Completed'), 1: part('Recording') },
  });
  await tell(undefined, 1030, 2);
  expect(phases()).toEqual([]);
  await tell(undefined, 1030.1, 2);
  expect(phases()).toEqual(['Completed 0']);
  expect(shards()).toEqual([
    { 1: expect.objectContaining({ phase: 'Failed', reason: 'Unavailable' }) as unknown },
  ]);
});

test('of what is gone nothing is remembered: written again is what is as it was', async () => {
  const { tell, phases, behind, keep } = reporting();
  behind(true);
  await tell(done(0), 1000);
  keep(new Set(['one']));
  await tell(done(0), 1001);
  keep(new Set());
  await tell(done(0), 1002);
  expect(phases()).toEqual(['Recording 0', 'Recording 0']);
});
