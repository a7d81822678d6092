import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import type { Gzip, OpenBody } from '../../../recorder/scrape/decompress.ts';
import { createInflater, type Inflater } from '../../../recorder/scrape/inflater.ts';
import { startInflaterThread } from '../../../recorder/scrape/inflaterThread.ts';

/** Bodies that it may hold at once. */
const places = 16;

function opened(...thread: Parameters<typeof createInflater>): Inflater {
  const inflater = createInflater(...thread);
  onTestFinished(() => inflater.close());
  return inflater;
}

function gzip(text: string, rest: Partial<Gzip> = {}): Gzip {
  return { body: gzipSync(text), bytes: Buffer.byteLength(text), maxBytes: 1 << 20, ...rest };
}

function signal(): AbortSignal {
  return new AbortController().signal;
}

/** What a body decompresses to. */
async function read(inflater: Inflater, body: Gzip): Promise<string> {
  const { text, release } = await inflater.inflate(body, signal());
  const copy = text.toString();
  release();
  return copy;
}

test('many bodies come through, each with its own text', async () => {
  const inflater = opened();
  const texts = Array.from({ length: 100 }, (_, index) => `up{pod="ä${index}"} 1\n`.repeat(index));
  expect(await Promise.all(texts.map((text) => read(inflater, gzip(text))))).toEqual(texts);
});

test('a text stays as it is until it is released, and no more are held than there is room for', async () => {
  const inflater = opened();
  const held = new Map<string, OpenBody>();
  // The first are under way at once, whatever their size; of the others the smallest is next.
  const sizes = [...Array.from({ length: places }, () => 500), 300, 100, 200];
  const texts = sizes.map((size, index) => String.fromCodePoint(97 + index).repeat(size));
  const all = texts.map(async (text) => {
    held.set(text, await inflater.inflate(gzip(text), signal()));
  });
  await Promise.all(all.slice(0, places));
  expect([...held.keys()]).toEqual(texts.slice(0, places));
  for (const [index, next] of [1, 2, 0].entries()) {
    const released = texts[index] ?? '';
    held.get(released)?.release();
    // Once is enough.
    held.get(released)?.release();
    held.delete(released);
    await all[places + next];
    expect(held.size).toBe(places);
  }
  expect([...held.keys()].slice(-3)).toEqual([1, 2, 0].map((next) => texts[places + next]));
  for (const [text, body] of held) expect(body.text.toString()).toBe(text);
  for (const { release } of held.values()) release();
});

test('a body with more bytes than its end tells, and one with none', async () => {
  const inflater = opened();
  const body = Buffer.concat([gzipSync('up 1\n'.repeat(20_000)), gzipSync('up 2\n')]);
  expect(await read(inflater, gzip('', { body, bytes: 5 }))).toBe(`${'up 1\n'.repeat(20_000)}up 2\n`);
  expect(await read(inflater, gzip(''))).toBe('');
});

test('what is no gzip, or too much, is an error of its own', async () => {
  const inflater = opened();
  await expect(read(inflater, gzip('', { body: Buffer.from('up 1') }))).rejects.toThrow(
    'incorrect header check',
  );
  const bomb = gzip('', { body: gzipSync(Buffer.alloc(5 << 20)), bytes: 5 });
  await expect(read(inflater, bomb)).rejects.toThrow('Cannot create a Buffer larger than 1048576 bytes');
  expect(await read(inflater, gzip('up 1'))).toBe('up 1');
});

test('who is called off gets nothing, and takes no room', async () => {
  const inflater = opened();
  const ends = Array.from({ length: 2 * places }, () => new AbortController());
  const called = ends.map((end) => inflater.inflate(gzip('up 1'), end.signal));
  for (const end of ends) end.abort(new Error('the memory is needed'));
  for (const each of called) await expect(each).rejects.toThrow('the memory is needed');
  const late = AbortSignal.abort(new Error('it is too late'));
  await expect(inflater.inflate(gzip('up 2'), late)).rejects.toThrow('it is too late');
  const others = Array.from({ length: places }, () => inflater.inflate(gzip('up 3'), signal()));
  for (const { text, release } of await Promise.all(others)) {
    expect(text.toString()).toBe('up 3');
    release();
  }
});

test('what has come is read before it is closed', async () => {
  const inflater = createInflater();
  const texts = Array.from({ length: 3 * places }, (_, index) => `up ${index}\n`);
  const under = texts.map((text) => read(inflater, gzip(text)));
  await inflater.close();
  expect(await Promise.all(under)).toEqual(texts);
  expect(await read(inflater, gzip('up 1'))).toBe('up 1');
});

test.each<[string, Parameters<typeof createInflater>]>([
  [
    'is lost',
    [
      (tell, onEnd) => {
        const thread = startInflaterThread(tell, onEnd);
        return {
          ...thread,
          post: (task) => {
            thread.post(task);
            void thread.end();
          },
        };
      },
    ],
  ],
  [
    'is not to be had',
    [
      () => {
        throw new Error('EAGAIN');
      },
    ],
  ],
])('where the thread %s, all come through as well', async (_, thread) => {
  const inflater = opened(...thread);
  const texts = Array.from({ length: 3 * places }, (_each, index) => `up ${index}\n`);
  expect(await Promise.all(texts.map((text) => read(inflater, gzip(text))))).toEqual(texts);
  await expect(read(inflater, gzip('', { body: Buffer.from('up 1') }))).rejects.toThrow(
    'incorrect header check',
  );
});
