import { expect, test } from 'vitest';
import {
  firstTick,
  lastTick,
  plannedEnd,
  readAgreement,
  withAgreement,
} from '../../../recorder/recordings/agreement.ts';
import { areCounted, recordingFor, requestOf } from '../../../recorder/recordings/recordingObject.ts';
import { agreed, recording } from './objects.ts';

const lease = { metadata: { name: 'kubemon-recording', resourceVersion: '7', annotations: { other: 'x' } } };

test('an agreement in the Lease, over the version that was read', () => {
  const written = withAgreement(lease, agreed({ first: 1_772_366_400.5, last: 1_772_366_410 }));
  expect(written).toEqual({
    metadata: {
      name: 'kubemon-recording',
      resourceVersion: '7',
      annotations: {
        other: 'x',
        'kubemon.io/agreement':
          '{"recording":{"name":"one","uid":"one"},"run":"one","shards":1,"interval":1,' +
          '"first":"2026-03-01T12:00:00.500Z","last":"2026-03-01T12:00:10.000Z"}',
      },
    },
    spec: { holderIdentity: 'one' },
  });
  expect(readAgreement(written)).toEqual(agreed({ first: 1_772_366_400.5, last: 1_772_366_410 }));
});

test.each(['', '{}', '{"run":1}', '[', 'null'])('nothing is agreed on by %j', (text) => {
  const metadata = { ...lease.metadata, annotations: { 'kubemon.io/agreement': text } };
  expect(readAgreement({ metadata })).toBeUndefined();
  expect(readAgreement({ metadata: { name: 'kubemon-recording' } })).toBeUndefined();
});

test('the first tick can be reached by whoever hears of it within two seconds', () => {
  expect([0.1, 1, 5, 60].map((interval) => firstTick(1000.2, interval))).toEqual([1002.3, 1003, 1005, 1020]);
  // Requests are sent a second before.
  expect(firstTick(1002.1, 5)).toBe(1010);
});

test('the last tick: of one recorder that which has passed, of several the last that one may begin within a second', () => {
  expect(lastTick(1010.2, agreed())).toBe(1010);
  expect(lastTick(1010.2, agreed({ shards: 3 }))).toBe(1011);
  expect(lastTick(1010.2, agreed({ shards: 3, interval: 5 }))).toBe(1010);
  expect(lastTick(1013.2, agreed({ shards: 3, interval: 5 }))).toBe(1015);
});

test('a run of 10 s has ten ticks a second apart', () => {
  expect(plannedEnd(agreed(), 10)).toBe(1009);
  expect(plannedEnd(agreed())).toBe(Infinity);
});

test('a Recording asks for its run', () => {
  expect(requestOf(recording('one'))).toEqual({ run: 'one', labels: {} });
  const spec = { name: 'Two', interval: 0.5, for: '1.5m', labels: { load: 'high' }, daemons: 3 };
  expect(requestOf(recording('one', spec))).toEqual({
    run: 'Two',
    interval: 0.5,
    for: 90,
    labels: { load: 'high' },
    daemons: 3,
  });
});

test('what HTTP asks for is a Recording of that name, or of one like it', () => {
  const request = { run: 'test000', interval: 1, for: 90, labels: { load: 'high' } };
  const counted = 1_772_366_400.5;
  expect(recordingFor(request, { isTaken: false, counted })).toEqual({
    apiVersion: 'kubemon.io/v1alpha1',
    kind: 'Recording',
    metadata: {
      name: 'test000',
      annotations: { 'kubemon.io/daemons-counted': '2026-03-01T12:00:00.500Z' },
    },
    spec: { interval: 1, for: '90s', labels: { load: 'high' } },
  });
  expect(recordingFor(request, { isTaken: true, counted })).toMatchObject({
    metadata: { generateName: 'test000-' },
    spec: { name: 'test000' },
  });
  expect(recordingFor({ run: 'My_Run.1-' }, { isTaken: false, counted })).toMatchObject({
    metadata: { generateName: 'my-run-1-' },
    spec: { name: 'My_Run.1-' },
  });
});

test('the daemons of what HTTP asks for are counted once; those of a copy that is applied later again', () => {
  const { metadata } = recording('one');
  const annotations = { 'kubemon.io/daemons-counted': '2026-03-01T12:00:00.500Z' };
  const copy = { ...recording('one'), metadata: { ...metadata, annotations } };
  expect([1_772_366_399, 1_772_366_415, 1_772_366_416].map((now) => areCounted(copy, now))).toEqual([
    true,
    true,
    false,
  ]);
  expect(areCounted(recording('one'), 1_772_366_400)).toBe(false);
});
