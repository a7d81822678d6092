import { expect, test } from 'vitest';
import { createTableFeed } from '../../../recorder/web/tableFeed.ts';
import type { TableTick } from '../../../recorder/web/wholeTicks.ts';

const start = Date.parse('2026-11-23T04:00:00.000Z');
const timestamp = (tick: number) => new Date(start + tick * 1000).toISOString();

/** A file of so many ticks with two rows each, as it is on the recorder. */
function growingFile(cell = 'ä') {
  let content = Buffer.from('timestamp,node,value\n');
  let rows = 0;
  const asked: number[] = [];
  const taken: TableTick[] = [];
  const add = (...ticks: readonly number[]) => {
    const lines = ticks.map((tick) => `${timestamp(tick)},one,${cell}\n${timestamp(tick)},"two,2",${cell}\n`);
    content = Buffer.concat([content, Buffer.from(lines.join(''))]);
    rows += 2 * ticks.length;
  };
  const feed = (ticks: number) =>
    createTableFeed({
      file: { bytes: content.length, rows },
      ticks,
      take: (tick) => taken.push(tick),
      part: async (from, to) => {
        const bytes = Uint8Array.from(content.subarray(from, to));
        asked.push(bytes.length);
        return Promise.resolve(from >= content.length ? undefined : { bytes, total: content.length });
      },
    });
  const append = (text: string) => {
    content = Buffer.concat([content, Buffer.from(text)]);
  };
  return { add, append, feed, asked, taken, times: () => taken.map((tick) => tick.timestamp) };
}

const first = (count: number) => Array.from({ length: count }, (_, tick) => tick);

test('reads on from tick to tick, each byte once, and no tick that is not told', async () => {
  const file = growingFile();
  file.add(0, 1);
  const feed = file.feed(2);
  expect(await feed.readOn(timestamp(1))).toBe(1);
  file.add(2);
  file.append(`${timestamp(3)},on`);
  expect(await feed.readOn(timestamp(2))).toBe(1);
  expect(file.times()).toEqual([timestamp(0), timestamp(1), timestamp(2)]);
  expect(file.taken[2]?.rows).toEqual([
    [timestamp(2), 'one', 'ä'],
    [timestamp(2), 'two,2', 'ä'],
  ]);
  file.append('e,ä\n');
  expect(await feed.readOn(timestamp(2))).toBe(1);
  expect(file.times()).toHaveLength(3);
  expect(await feed.readOn(timestamp(3))).toBe(1);
  expect(file.taken[3]?.rows).toEqual([[timestamp(3), 'one', 'ä']]);
  // What was read again is no more than was not told.
  expect(Math.max(...file.asked.slice(-2))).toBeLessThan(40);
});

test('charts of a run that has been on for long begin with its last 300 ticks', async () => {
  const file = growingFile();
  file.add(...first(2000));
  const feed = file.feed(2000);
  await feed.readOn(timestamp(1999));
  expect(file.times().at(-1)).toBe(timestamp(1999));
  expect(file.times().length).toBeGreaterThan(295);
  expect(file.times().length).toBeLessThan(302);
  expect(file.taken.every(({ rows }) => rows.length === 2)).toBe(true);
});

test('of a large file ticks are read that lie evenly, all of them whole, within the budget', async () => {
  const file = growingFile('x'.repeat(10_000));
  file.add(...first(2000));
  const stride = await file.feed(2000).readAll();
  expect(stride).toBe(20);
  expect(file.times()).toHaveLength(100);
  expect(file.taken.every(({ rows }) => rows.length === 2)).toBe(true);
  const distances = file.taken
    .slice(1)
    .map((tick, place) => Date.parse(tick.timestamp) - Date.parse(file.taken[place]?.timestamp ?? ''));
  expect(Math.min(...distances)).toBeGreaterThanOrEqual(19_000);
  expect(Math.max(...distances)).toBeLessThanOrEqual(21_000);
  expect(file.asked.reduce((sum, length) => sum + length, 0)).toBeLessThan(12 << 20);
});

test('a file whose ticks are too large is not read', async () => {
  const file = growingFile('x'.repeat(4 << 20));
  file.add(...first(8));
  expect(await file.feed(8).readAll()).toBeUndefined();
  expect(await file.feed(8).readOn(timestamp(7))).toBeUndefined();
  expect(file.taken).toEqual([]);
});

test('what was added while nobody looked is left out where it is more than the budget', async () => {
  const file = growingFile('x'.repeat(1 << 20));
  file.add(0);
  const feed = file.feed(1);
  await feed.readOn(timestamp(0));
  file.add(...first(21).slice(1));
  await feed.readOn(timestamp(20));
  expect(file.times()).toEqual([0, 16, 17, 18, 19, 20].map(timestamp));
});
