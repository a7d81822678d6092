import { expect, test } from 'vitest';
import { isInParts, partsHint } from '../../../recorder/web/inParts.ts';

test.each<[string, Parameters<typeof isInParts>[0] & { readonly shards?: number }, boolean]>([
  ['one recorder has recorded it', {}, false],
  ['its parts were put together', { shards: 2 }, false],
  ['parts of it are told of as one', { shards: 2, parts: [0, 1] }, true],
  ['it is one of the parts', { shards: 2, shard: 0 }, true],
])('%s', (_, manifest, areInParts) => {
  expect(isInParts(manifest)).toBe(areInParts);
});

test('the hint is a command that can be typed', () => {
  expect(partsHint({ run: 'test000', shards: 2 })).toBe(
    'Its parts lie with 2 recorders: kubemon fetch test000 --merge makes them one.',
  );
});
