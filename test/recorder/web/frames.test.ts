import { expect, test } from 'vitest';
import { createFrames } from '../../../recorder/web/frames.ts';

const values = (all: Readonly<Record<string, number>>) => new Map(Object.entries(all));

test('shows those with the largest means, each at every time or not known there', () => {
  const frames = createFrames();
  frames.add(1, values({ a: 1, b: 5 }));
  frames.add(2, values({ a: 3, b: 5, c: 9 }));
  expect(frames.lines(2, 1.5)).toEqual({
    times: [1, 2],
    lines: [
      { key: 'c', values: [null, 9], mean: 9, max: 9, last: 9 },
      { key: 'b', values: [5, 5], mean: 5, max: 5, last: 5 },
    ],
    total: 3,
  });
});

test('between ticks that are no neighbours there is a hole', () => {
  const frames = createFrames();
  for (const time of [1, 2, 4]) frames.add(time, values({ a: time }));
  expect(frames.lines(1, 1.5)).toMatchObject({
    times: [1, 2, 3, 4],
    lines: [{ values: [1, 2, null, 4], last: 4 }],
  });
});

test('what is not known on the last tick has no last value', () => {
  const frames = createFrames();
  frames.add(1, values({ a: 1 }));
  frames.add(2, values({ b: 1 }));
  expect(frames.lines(2, 1.5).lines.map(({ key, last }) => [key, last])).toEqual([
    ['a', undefined],
    ['b', 1],
  ]);
});

test('the oldest ticks make room: 600 are kept, or 60 where things are many', () => {
  const few = createFrames();
  for (let time = 1; time <= 700; time += 1) few.add(time, values({ a: 1 }));
  expect(few.lines(1, 9).times).toEqual(Array.from({ length: 600 }, (_, place) => place + 101));
  const many = createFrames();
  const crowd = values(Object.fromEntries(Array.from({ length: 4000 }, (_, key) => [key, key])));
  for (let time = 1; time <= 70; time += 1) many.add(time, crowd);
  expect(many.lines(1, 9).times).toHaveLength(60);
});
