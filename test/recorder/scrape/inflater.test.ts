import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import type { OpenBody } from '../../../recorder/scrape/decompress.ts';
import { createInflater, type Gzip, type Inflater } from '../../../recorder/scrape/inflater.ts';

/** Bodies that it may hold at once. */
const places = 16;

function opened(): Inflater {
  const inflater = createInflater();
  onTestFinished(() => inflater.close());
  return inflater;
}

function gzip(text: string, rest: Partial<Gzip> = {}): Gzip {
  const { signal } = new AbortController();
  return { body: gzipSync(text), bytes: text.length, maxBytes: 1 << 20, signal, ...rest };
}

test('many bodies come through, each with its own text', async () => {
  const inflater = opened();
  const texts = Array.from({ length: 100 }, (_, index) => `up ${index}\n`.repeat(index + 1));
  const read = texts.map(async (text) => {
    const { text: bytes, release } = await inflater.inflate(gzip(text));
    const copy = bytes.toString();
    release();
    return copy;
  });
  expect(await Promise.all(read)).toEqual(texts);
});

test('a text stays as it is until it is released, and no more are held than there is room for', async () => {
  const inflater = opened();
  const open: { name: string; body: OpenBody }[] = [];
  // The first are under way at once, whatever their size; of the others the smallest is next.
  const sizes = [...Array.from({ length: places }, () => 500), 300, 100, 200];
  const all = sizes.map(async (size, index) => {
    const text = String.fromCodePoint(97 + index).repeat(size);
    open.push({ name: text, body: await inflater.inflate(gzip(text)) });
  });
  await Promise.all(all.slice(0, places));
  expect(open).toHaveLength(places);
  expect(open.map(({ body }) => body.text.toString())).toEqual(open.map(({ name }) => name));
  for (const next of [1, 2, 0]) {
    const held = open.length;
    open[next]?.body.release();
    await all[places + next];
    expect(open).toHaveLength(held + 1);
  }
  expect(open.slice(places).map(({ name }) => name.length)).toEqual([100, 200, 300]);
});

test('a body with more bytes than its end tells', async () => {
  const body = Buffer.concat([gzipSync('up 1\n'.repeat(20_000)), gzipSync('up 2\n')]);
  const { text } = await opened().inflate(gzip('', { body, bytes: 5 }));
  expect(text.toString()).toBe(`${'up 1\n'.repeat(20_000)}up 2\n`);
});

test('what is no gzip, or too much, is an error of its own', async () => {
  const inflater = opened();
  await expect(inflater.inflate(gzip('', { body: Buffer.from('up 1') }))).rejects.toThrow(
    'incorrect header check',
  );
  const bomb = gzip('', { body: gzipSync(Buffer.alloc(5 << 20)), bytes: 5 });
  await expect(inflater.inflate(bomb)).rejects.toThrow('Cannot create a Buffer larger than 1048576 bytes');
  expect((await inflater.inflate(gzip('up 1'))).text.toString()).toBe('up 1');
});

test('who is called off gets nothing, and takes no room', async () => {
  const inflater = opened();
  const ends = Array.from({ length: 2 * places }, () => new AbortController());
  const called = ends.map(({ signal }) => inflater.inflate(gzip('up 1', { signal })));
  for (const end of ends) end.abort(new Error('the memory is needed'));
  for (const { status } of await Promise.allSettled(called)) expect(status).toBe('rejected');
  await expect(called[0]).rejects.toThrow('the memory is needed');
  const signal = AbortSignal.abort(new Error('it is too late'));
  await expect(inflater.inflate(gzip('up 2', { signal }))).rejects.toThrow('it is too late');
  const others = Array.from({ length: places }, () => inflater.inflate(gzip('up 3')));
  for (const { text } of await Promise.all(others)) expect(text.toString()).toBe('up 3');
});

test('what is under way when it is closed ends', async () => {
  const inflater = createInflater();
  const under = Array.from({ length: 2 * places }, () => inflater.inflate(gzip('up 1')));
  const ends = Promise.allSettled(under);
  await inflater.close();
  const reasons = (await ends).filter(({ status }) => status === 'rejected');
  expect(reasons.length).toBeGreaterThanOrEqual(places);
});
