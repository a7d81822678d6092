import { expect, test } from 'vitest';
import { ownShard } from '../../../recorder/shards/shard.ts';

test.each([
  [{ shards: 3 }, 'kubemon-recorder-2', { shard: 2, shards: 3 }],
  [{ shards: 3 }, 'kubemon-recorder-1.kubemon-recorder.kubemon.svc', { shard: 1, shards: 3 }],
  [{ shards: 12 }, 'kubemon-recorder-11', { shard: 11, shards: 12 }],
  [{ shards: 3, shard: 0 }, 'kubemon-recorder-2', { shard: 0, shards: 3 }],
  // One recorder is none of several, whatever it is called.
  [{ shards: 1 }, 'kubemon-recorder-2', undefined],
  [{ shards: 1, shard: 0 }, 'laptop', undefined],
])('%j on %s', ({ shards, shard }: { shards: number; shard?: number }, host, expected) => {
  expect(ownShard({ shard, shards }, host)).toEqual(expected);
});

test.each([
  [
    { shards: 3 },
    'laptop',
    'SHARDS (--shards) is "3", and the host name laptop does not end in a number: say with SHARD (--shard) which of them this recorder is, from 0 to 2.',
  ],
  [
    { shards: 3 },
    'kubemon-recorder-3',
    'The host name is kubemon-recorder-3, but of SHARDS=3 recorders the last is number 2: let SHARDS be as many as there are recorders.',
  ],
  [
    { shards: 1, shard: 1 },
    'laptop',
    'SHARD (--shard) is "1", but of SHARDS=1 recorders the last is number 0: let SHARDS be as many as there are recorders.',
  ],
])('%j on %s is refused', ({ shards, shard }: { shards: number; shard?: number }, host, sentence) => {
  expect(() => ownShard({ shard, shards }, host)).toThrow(sentence);
});
