import { expect, test } from 'vitest';
import { createStepDetector } from '../../../recorder/run/clockSteps.ts';
import { createAlarm, createRunClock, until } from '../../../recorder/run/runClock.ts';

test('a run goes on with the monotonic clock when the wall clock is stepped', () => {
  let wall = 1000;
  let milliseconds = 50;
  const clock = createRunClock(
    () => wall,
    () => milliseconds,
  );
  milliseconds += 1500;
  wall += 1.5 + 3600;
  expect(clock.now()).toBeCloseTo(1001.5, 6);
  expect(clock.drift()).toBeCloseTo(3600, 6);
  milliseconds += 1000;
  wall = 500;
  expect(clock.now()).toBeCloseTo(1002.5, 6);
  expect(clock.drift()).toBeCloseTo(-502.5, 6);
});

test('where the wall clock reads less than what was recorded last, a run goes on from there', () => {
  let milliseconds = 50;
  const monotonic = () => milliseconds;
  const clock = createRunClock(() => 1000, monotonic, 1007.5);
  expect(clock.now()).toBeCloseTo(1007.5, 6);
  expect(clock.drift()).toBeCloseTo(-7.5, 6);
  milliseconds += 1000;
  expect(clock.now()).toBeCloseTo(1008.5, 6);
  expect(createRunClock(() => 1000, monotonic, 900).now()).toBeCloseTo(1000, 6);
});

test('a jump of the wall clock against the run is a step, its length told once', () => {
  const detect = createStepDetector();
  expect(detect(1000, 0)).toBeUndefined();
  expect(detect(1001, 0.04)).toBeUndefined();
  expect(detect(1002, 0.34)).toBeCloseTo(0.3, 9);
  expect(detect(1003, 0.34)).toBeUndefined();
  expect(detect(1004, -1.66)).toBeCloseTo(-2, 9);
});

test('slewing is no step: 500 ppm over ten minutes are 0.3 s', () => {
  const detect = createStepDetector();
  expect(detect(1000, 0)).toBeUndefined();
  expect(detect(1600, 0.3)).toBeUndefined();
  expect(detect(2200, 1)).toBeCloseTo(0.7, 9);
});

test('an alarm wakes at its moment or after it, and not when it was cancelled', async () => {
  const alarm = createAlarm(() => performance.now() / 1000);
  const moment = alarm.now() + 0.03;
  let woken = false;
  const cancel = alarm.wakeAt(moment, () => {
    woken = true;
  });
  cancel();
  await until(alarm, moment);
  expect(alarm.now()).toBeGreaterThan(moment - 0.002);
  await until(alarm, moment - 5);
  expect(woken).toBe(false);
});
