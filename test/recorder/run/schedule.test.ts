import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leadOf, nextTick, startSchedule, tickCount } from '../../../recorder/run/schedule.ts';
import { handAlarm, type HandAlarm } from './handAlarm.ts';

function schedule(alarm: HandAlarm, interval: number, duration?: number) {
  const ticks: { readonly tick: number; readonly at: number }[] = [];
  const missed: { readonly tick: number; readonly secondsLate: number }[] = [];
  let ended = 0;
  const lead = leadOf(interval);
  const first = nextTick(alarm.now(), interval, lead);
  const { stop, endBefore } = startSchedule({
    interval,
    lead,
    alarm,
    first,
    ...(duration !== undefined && { end: first + tickCount(duration, interval) }),
    onTick: (tick) => ticks.push({ tick, at: alarm.now() }),
    onMissed: (tick, secondsLate) => missed.push({ tick, secondsLate }),
    onEnd: () => {
      ended++;
    },
  });
  return { ticks, missed, stop, endBefore, ended: () => ended };
}

test('requests are sent min(interval / 2, 1 s) before a tick', () => {
  expect([0.1, 0.5, 1, 2, 5, 60].map(leadOf)).toEqual([0.05, 0.25, 0.5, 1, 1, 1]);
});

test('ticks lie on multiples of the interval, and are started the lead before', () => {
  const alarm = handAlarm(1000.3);
  const { ticks } = schedule(alarm, 5);
  alarm.advanceTo(1015);
  expect(ticks).toEqual([
    { tick: 1005, at: 1004 },
    { tick: 1010, at: 1009 },
    { tick: 1015, at: 1014 },
  ]);
});

test('a multiple that is nearer than the lead is not the first tick', () => {
  const alarm = handAlarm(1004.5);
  const { ticks } = schedule(alarm, 5);
  alarm.advanceTo(1010);
  expect(ticks).toEqual([{ tick: 1010, at: 1009 }]);
});

test('a fraction of a second stays free of float noise over thousands of ticks', () => {
  const alarm = handAlarm(1_800_000_000.01);
  const { ticks, missed } = schedule(alarm, 0.1);
  alarm.advanceTo(1_800_000_500);
  expect(ticks).toHaveLength(5000);
  expect(missed).toEqual([]);
  expect(ticks.map(({ tick }) => tick)).toEqual(
    Array.from({ length: 5000 }, (_, index) => (18_000_000_001 + index) / 10),
  );
});

test('a tick that was not started by its moment is missed; one that is only late is not', () => {
  const alarm = handAlarm(1000);
  const { ticks, missed } = schedule(alarm, 1);
  alarm.holdUpTo(1003.25);
  alarm.advanceTo(1003.25);
  expect(missed).toEqual([
    { tick: 1001, secondsLate: 2.25 },
    { tick: 1002, secondsLate: 1.25 },
    { tick: 1003, secondsLate: 0.25 },
  ]);
  expect(ticks).toEqual([]);
  alarm.holdUpTo(1003.9);
  alarm.advanceTo(1003.9);
  expect(ticks).toEqual([{ tick: 1004, at: 1003.9 }]);
});

test('30 s at an interval of 1 s are 30 ticks, then the end is told once', () => {
  const alarm = handAlarm(1000);
  const { ticks, ended } = schedule(alarm, 1, 30);
  alarm.advanceTo(1030.4);
  expect(ticks).toHaveLength(30);
  expect(ended()).toBe(1);
  alarm.advanceTo(1100);
  expect(ticks.at(-1)?.tick).toBe(1030);
  expect(ended()).toBe(1);
});

test('a run that is shorter than the interval has one tick', () => {
  const alarm = handAlarm(1000);
  const { ticks } = schedule(alarm, 5, 1);
  alarm.advanceTo(1100);
  expect(ticks.map(({ tick }) => tick)).toEqual([1005]);
});

test('nothing happens after stop, and no timer is left', () => {
  const alarm = handAlarm(1000);
  const { ticks, stop } = schedule(alarm, 1);
  alarm.advanceTo(1001);
  stop();
  alarm.advanceTo(1100);
  expect(ticks).toHaveLength(1);
  expect(alarm.armed).toEqual([]);
});

test('a tick that passed while the process was held up is missed, also when it is stopped then', () => {
  const alarm = handAlarm(1000);
  const { ticks, missed, stop } = schedule(alarm, 1);
  alarm.advanceTo(1001);
  alarm.holdUpTo(1003.5);
  stop();
  expect(ticks.map(({ tick }) => tick)).toEqual([1001]);
  expect(missed).toEqual([
    { tick: 1002, secondsLate: 1.5 },
    { tick: 1003, secondsLate: 0.5 },
  ]);
});

test('whatever holds the process up, every multiple is a tick or missed, in order and once', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e9, max: 2e9, noNaN: true }),
      fc.constantFrom(0.1, 0.25, 0.3, 1, 5, 7.5),
      fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { maxLength: 50 }),
      (start, interval, holdUps) => {
        const alarm = handAlarm(start);
        const { ticks, missed } = schedule(alarm, interval);
        for (const seconds of holdUps) {
          alarm.holdUpTo(alarm.now() + seconds);
          alarm.advanceTo(alarm.now());
        }
        const all = [...ticks, ...missed].map(({ tick }) => tick).toSorted((a, b) => a - b);
        const first = all[0] ?? 0;
        expect(all).toEqual(
          all.map((_, index) => Math.round((Math.round(first / interval) + index) * interval * 1000) / 1000),
        );
        expect(ticks.every(({ tick, at }) => at <= tick && tick - at <= leadOf(interval) + 0.003)).toBe(true);
      },
    ),
  );
});

test('an end that is told later holds, and is told once', () => {
  const alarm = handAlarm(1000);
  const { ticks, missed, endBefore, ended } = schedule(alarm, 1, 30);
  alarm.advanceTo(1002);
  endBefore(1005);
  alarm.advanceTo(1100);
  expect(ticks.map(({ tick }) => tick)).toEqual([1001, 1002, 1003, 1004]);
  endBefore(1003);
  expect([ended(), missed]).toEqual([1, []]);
});

test('an end that has passed is now; a later one than before is none', () => {
  const alarm = handAlarm(1000);
  const { ticks, endBefore, ended } = schedule(alarm, 1, 3);
  endBefore(1010);
  alarm.advanceTo(1001.4);
  endBefore(1000);
  expect(ended()).toBe(1);
  alarm.advanceTo(1100);
  expect([ticks.map(({ tick }) => tick), ended()]).toEqual([[1001], 1]);
});
