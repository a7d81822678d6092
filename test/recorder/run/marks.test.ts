import { expect, test } from 'vitest';
import { createMarks, TooManyMarksError } from '../../../recorder/run/marks.ts';

test('a week with a mark a second fits; run.json lists the first 10,000', () => {
  const marks = createMarks();
  const week = 7 * 24 * 3600;
  let listed = 0;
  for (let timestamp = 0; timestamp < week; timestamp++)
    listed += Number(marks.add({ timestamp, label: 'at work' }));
  expect(listed).toBe(10_000);
  expect(marks.listed()).toHaveLength(10_000);
  expect(marks.listed()[9999]).toEqual({ timestamp: '1970-01-01T02:46:39.000Z', label: 'at work' });
  expect(marks.lastTime()).toBe(week - 1);
});

test('a flood is refused with what a run may have', () => {
  const marks = createMarks();
  for (let timestamp = 0; timestamp < 1_000_000; timestamp++) marks.add({ timestamp, label: 'x' });
  const more = () => marks.add({ timestamp: 1_000_000, label: 'x' });
  expect(more).toThrow(TooManyMarksError);
  expect(more).toThrow(
    'The run has 1000000 marks of 1000000 characters, and may have 1000000 of 67108864: start another run to set more.',
  );
});

test('long labels: the list is a beginning of a mebibyte', () => {
  const marks = createMarks();
  const label = 'x'.repeat(1000);
  for (let timestamp = 0; timestamp < 2000; timestamp++) marks.add({ timestamp, label });
  marks.add({ timestamp: 2000, label: 'short' });
  expect(marks.listed()).toHaveLength(1048);
});
