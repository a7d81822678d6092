import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import type { RunFile } from '../../../recorder/server/runFiles.ts';
import { peerFiles } from '../../../recorder/shards/peerFiles.ts';
import { createPeers, type Peers } from '../../../recorder/shards/peers.ts';
import { serve } from '../scrape/serve.ts';

/** Shard 0, of whose peers the one that answers so is shard 1. */
async function peersWith(answer: (response: ServerResponse) => void): Promise<Peers> {
  const url = await serve((_, response) => {
    answer(response);
  });
  return createPeers({ shard: 0, urls: ['http://own', new URL(url).origin], token: undefined });
}

function problem(answers: readonly unknown[]): unknown {
  return answers[1];
}

test('a peer that begins an answer and does not end it has no answer', async () => {
  const peers = await peersWith((response) => {
    response.write('{"message":');
  });
  const answers = await peers.ask({ method: 'GET', path: '/status' }, () => ({ message: '' }));
  expect(problem(answers)).toEqual({
    shard: 1,
    problem: expect.stringMatching(/^it does not answer at http:\S+ \(no answer within 3 s\)\.$/) as unknown,
  });
});

test.each([
  [
    409,
    '{"message": "Run x is being recorded: stop it first."}',
    /^Run x is being recorded: stop it first\.$/,
  ],
  [200, '<html>', /^what answers at http:\S+ is not a kubemon recorder\.$/],
])('a peer that answers with status %i and %s', async (status, body, says) => {
  const peers = await peersWith((response) => response.writeHead(status).end(body));
  const answers = await peers.ask({ method: 'DELETE', path: '/runs/x' }, () => ({ message: '' }));
  expect(problem(answers)).toEqual({
    shard: 1,
    problem: expect.stringMatching(says) as unknown,
    ...(status === 409 && { status }),
  });
});

/** The first half of an archive with a file of so many bytes. */
async function halfAnArchive(bytes: number): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'run/shard=1/node.csv' }, Buffer.alloc(bytes, 'x'));
  tar.finalize();
  const whole = gzipSync(await buffer(tar), { level: 0 });
  return whole.subarray(0, whole.length / 2);
}

async function drain({ content }: RunFile): Promise<void> {
  for await (const _ of content);
}

test('a download that breaks off is told while its file is read', async () => {
  const half = await halfAnArchive(1 << 20);
  const peers = await peersWith((response) => {
    response.write(half, () => response.destroy());
  });
  const read = async () => {
    for await (const file of peerFiles(peers, 'run', [1])) await drain(file);
  };
  await expect(read()).rejects.toThrow(/terminated|unexpected end of file/);
});

test('whoever wants no more of a download ends it at its source', async () => {
  const half = await halfAnArchive(1 << 20);
  let closed: Promise<unknown> | undefined;
  const peers = await peersWith((response) => {
    closed = once(response, 'close');
    response.write(half);
  });
  for await (const { name } of peerFiles(peers, 'run', [1])) {
    expect(name).toBe('shard=1/node.csv');
    break;
  }
  await closed;
});
