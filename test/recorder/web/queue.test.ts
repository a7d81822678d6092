import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createQueue } from '../../../recorder/web/queue.ts';

test('one after the other, in the order in which they were asked for, also behind one that fails', async () => {
  const queue = createQueue();
  const done: string[] = [];
  const act = (name: string) => async () => {
    done.push(`${name} begins`);
    await setImmediate();
    done.push(`${name} ends`);
    if (name === 'a') throw new Error('It cannot be done.');
  };
  const all = [queue.add('a', act('a')), queue.add('b', act('b'))];
  expect(queue.isBusy()).toBe(true);
  await Promise.all(all);
  expect(done).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect(queue.isBusy()).toBe(false);
});

test('what is under way already is not done once more, and again afterwards', async () => {
  const queue = createQueue();
  let times = 0;
  const act = () => {
    times += 1;
    return Promise.resolve();
  };
  await Promise.all([queue.add('start', act), queue.add('start', act)]);
  expect(times).toBe(1);
  await queue.add('start', act);
  expect(times).toBe(2);
});
