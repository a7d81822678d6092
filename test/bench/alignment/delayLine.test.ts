import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { createDelayLine } from './delayLine.ts';
import { createRandom } from './random.ts';

test('nothing overtakes, whatever its delay, and nothing comes early', async () => {
  const random = createRandom(1);
  const items = Array.from({ length: 200 }, (_, index) => ({ index, delay: 20 * random() }));
  const arrived: { readonly index: number; readonly delay: number; readonly after: number }[] = [];
  const begin = performance.now();
  let putIn = items[0];
  const put = createDelayLine<(typeof items)[number]>(
    () => putIn?.delay ?? 0,
    (item) => arrived.push({ ...item, after: performance.now() - begin }),
  );
  for (putIn of items) put(putIn);
  await until('all have arrived', () => arrived.length === items.length);
  expect(arrived.map(({ index }) => index)).toEqual(items.map(({ index }) => index));
  // A timer counts whole milliseconds, from when its turn of the loop began.
  expect(arrived.filter(({ after, delay }) => after < delay - 2)).toEqual([]);
});

test('without a delay it hands on at once, but not past what is under way', async () => {
  let delay = 0;
  const arrived: string[] = [];
  const put = createDelayLine<string>(
    () => delay,
    (item) => arrived.push(item),
  );
  put('at once');
  expect(arrived).toEqual(['at once']);
  delay = 10;
  put('late');
  delay = 0;
  // Its time is over, and its timer had no turn yet.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15);
  put('behind it');
  expect(arrived).toEqual(['at once']);
  await until('all have arrived', () => arrived.length === 3);
  expect(arrived).toEqual(['at once', 'late', 'behind it']);
});

test('the jitter is the same for the same seed, and even', () => {
  const numbers = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 10_000 }, random);
  };
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
  const tenths = numbers(7).map((number) => Math.floor(number * 10));
  for (let tenth = 0; tenth < 10; tenth++) {
    expect(tenths.filter((each) => each === tenth).length).toBeGreaterThan(900);
  }
  expect(new Set(tenths).size).toBe(10);
});
