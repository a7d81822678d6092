import { expect, test } from 'vitest';
import { beyondError, createAlignmentMeter } from '../../../recorder/run/alignment.ts';

test('without an answer there is nothing to tell', () => {
  const meter = createAlignmentMeter();
  expect(meter.alignment()).toEqual({ answers: 0 });
  expect(meter.clocks()).toEqual([]);
});

test('an answer is off its tick by its skew less what its clock is ahead', () => {
  const meter = createAlignmentMeter();
  meter.add('one', 0.002, { offset: -0.005, error: 0.0004 });
  expect(meter.alignment()).toEqual({
    answers: 1,
    p50Seconds: 0.007,
    p99Seconds: 0.007,
    maxSeconds: 0.007,
    errorSeconds: 0.0004,
  });
});

test('a clock far ahead does not move a sample that was taken on time', () => {
  const meter = createAlignmentMeter();
  meter.add('one', 10.001, { offset: 10, error: 0.0004 });
  expect(meter.alignment().maxSeconds).toBe(0.001);
});

test('percentiles are over all answers', () => {
  const meter = createAlignmentMeter();
  for (let count = 1; count <= 1000; count++) meter.add('one', count / 1e4, { offset: 0, error: 0.001 });
  const { answers, p50Seconds, p99Seconds, maxSeconds } = meter.alignment();
  expect(answers).toBe(1000);
  expect(p50Seconds).toBeCloseTo(0.05, 4);
  expect(p99Seconds).toBeCloseTo(0.099, 4);
  expect(maxSeconds).toBe(0.1);
});

test('the most exact of the last measurements stands for the clock, not a slow round trip', () => {
  const meter = createAlignmentMeter();
  meter.add('one', 0, { offset: 0.0001, error: 0.0003 });
  meter.add('one', 0, { offset: 0.04, error: 0.05 });
  expect(meter.alignment()).toMatchObject({ maxSeconds: 0.0001, errorSeconds: 0.0003 });
  expect(meter.clocks()).toEqual([
    {
      target: 'one',
      offsetSeconds: 0.0001,
      errorSeconds: 0.0003,
      farthest: { offsetSeconds: 0.0001, errorSeconds: 0.0003 },
    },
  ]);
});

test('what was measured before a clock was stepped does not count for what was collected after', () => {
  const meter = createAlignmentMeter();
  meter.add('one', 0.001, { offset: 0, error: 0.0001 });
  meter.add('one', 3600.002, { offset: 3600, error: 0.004 });
  meter.add('one', -1.999, { offset: -2, error: 0.002 });
  expect(meter.alignment()).toMatchObject({ answers: 3, maxSeconds: 0.002, errorSeconds: 0.004 });
});

test('a clock that was off for a while is kept, however exact the others are', () => {
  const meter = createAlignmentMeter();
  meter.add('one', 0, { offset: 0, error: 0.0001 });
  meter.add('one', 0, { offset: -0.03, error: 0.0005 });
  meter.add('one', 0, { offset: 0, error: 0.0001 });
  const [clock] = meter.clocks();
  expect(clock).toMatchObject({ offsetSeconds: 0, farthest: { offsetSeconds: -0.03, errorSeconds: 0.0005 } });
  expect(clock && beyondError(clock.farthest)).toBeCloseTo(0.0295, 9);
});

test('an answer that does not tell when it collected still measures its clock', () => {
  const meter = createAlignmentMeter();
  meter.add('one', undefined, { offset: 0.001, error: 0.0001 });
  expect(meter.alignment()).toEqual({ answers: 0 });
  expect(meter.clocks()).toHaveLength(1);
});
