import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RecorderClient } from '../../../recorder/cli/client.ts';
import { parsePeers, peerUrls, podUrls } from '../../../recorder/shards/peerUrls.ts';
import { verifyFolder } from '../../../recorder/verify/verifyFolder.ts';
import { temporaryFolder } from '../merge/shardedRun.ts';
import { apiCall } from '../server/apiCall.ts';
import { nodes, shardedRecorders } from './shardedRecorders.ts';

const sharded = shardedRecorders(true);

function clients(): readonly RecorderClient[] {
  return sharded.recorders.map(({ url }) => new RecorderClient({ host: url.replace('http://', '') }));
}

test('whichever shard is asked, it answers for all', async () => {
  for (const client of clients()) {
    const daemons = await client.daemons();
    expect(daemons.message).toBe('5 of 5 daemons are connected (2 in shard 0, 2 in shard 1, 1 in shard 2).');
    expect(daemons.daemons.map(({ name }) => name)).toEqual(nodes);
    expect(daemons.shards).toEqual([{ shard: 0 }, { shard: 1 }, { shard: 2 }]);
    const status = await client.status();
    expect(status).toMatchObject({
      message: 'Nothing is recording.',
      daemons: { connected: 5, expected: 5 },
      last: { run: 'run', verdict: { verdict: 'valid', reasons: [] } },
    });
    expect((await client.instances()).nodes.map(({ node }) => node)).toEqual(nodes);
    const { runs } = await client.runs();
    expect(runs).toMatchObject([{ run: 'run', shards: 3, state: 'stopped', verdict: 'valid' }]);
    expect(runs[0]?.missingShards).toBeUndefined();
    const { message, manifest } = await client.run('run');
    expect(message).toBe('Run run: stopped, valid.');
    expect(manifest).toMatchObject({ parts: [0, 1, 2], shards: 3, expected: { count: 5 } });
    expect(manifest.coverage).toHaveLength(5);
  }
});

test('a run of several shards is recorded as one, tick by tick', async () => {
  const [client] = clients();
  await Promise.all(sharded.recorders.map(({ control }) => control.start({ run: 'second', interval: 0.5 })));
  await expect
    .poll(async () => (await client?.status())?.recording?.ticks.done, { timeout: 20_000 })
    .toBeGreaterThan(1);
  const status = await client?.status();
  expect(status?.recording).toMatchObject({ run: 'second', interval: 0.5, verdict: { verdict: 'valid' } });
  expect(status?.message).toMatch(/^Recording second: \d+ of \d+ ticks so far, valid\.$/);
  await sharded.recorders[2]?.control.stop();
  const without = await client?.status();
  expect(without?.recording?.verdict).toMatchObject({
    verdict: 'inconclusive',
    reasons: ['Nothing is known of shard 2 of 3 (0 to 2) and its daemons.'],
  });
  expect(without?.message).toContain('Shard 2 does not record it: Nothing is recording.');
  await Promise.all(sharded.recorders.slice(0, 2).map(({ control }) => control.stop()));
});

test('with shard=own it answers for itself', async () => {
  for (const [shard, { url }] of sharded.recorders.entries()) {
    const { body } = await apiCall(url, 'GET', '/daemons?shard=own');
    expect(body['shards']).toBeUndefined();
    expect(body['daemons']).toHaveLength([2, 2, 1][shard] ?? NaN);
  }
});

test('any of them sends the whole run, which is fetched in parts or merged', async () => {
  for (const client of clients()) {
    const folder = temporaryFolder();
    expect(await client.fetch('run', folder)).toMatchObject({ parts: 3, verified: 36 });
    expect(readdirSync(join(folder, 'run'))).toEqual(['shard=0', 'shard=1', 'shard=2']);
    const { path } = await client.fetch('run', join(folder, 'merged'), { merge: true });
    expect(await verifyFolder(path, { isCopy: true })).toMatchObject({ isVerified: true, findings: [] });
    expect((await client.summary('run')).usage.node).toHaveLength(5);
    expect(await client.verify('run')).toMatchObject({ isVerified: true, findings: [] });
  }
});

test('what there is not is refused by all', async () => {
  for (const client of clients()) {
    await expect(client.run('none')).rejects.toThrow('There is no run "none": GET /runs lists them.');
    await expect(client.fetch('none', temporaryFolder())).rejects.toThrow('There is no run "none"');
    await expect(client.remove('none')).rejects.toThrow('There is no run "none"');
  }
});

test('a run is deleted in all shards', async () => {
  await clients()[1]?.remove('second');
  for (const { outputDir } of sharded.recorders) expect(existsSync(join(outputDir, 'second'))).toBe(false);
});

// The last test of the file: from here on a shard is away.
test('a shard that does not answer is named, and its part is missing', async () => {
  const [client] = clients();
  const away = sharded.recorders[2];
  await away?.suspend();
  const problem = `it does not answer at ${away?.url} (ECONNREFUSED).`;
  const sentence = `Nothing is known of shard 2 of 3: ${problem}`;
  for (const answer of [
    await client?.status(),
    await client?.daemons(),
    await client?.instances(),
    await client?.runs(),
  ]) {
    expect(answer?.message).toContain(sentence);
    expect(answer?.shards).toEqual([{ shard: 0 }, { shard: 1 }, { shard: 2, problem }]);
  }
  expect((await client?.runs())?.runs).toMatchObject([
    { run: 'run', missingShards: [2], verdict: 'inconclusive' },
  ]);
  const answer = await client?.run('run');
  expect(answer?.message).toBe(`Run run: stopped, inconclusive. ${sentence}`);
  expect(answer?.manifest).toMatchObject({ missingShards: [2], verdict: { verdict: 'inconclusive' } });
  const archive = await fetch(`${sharded.recorders[0]?.url}/runs/run.tar.gz`);
  expect(archive.headers.get('x-kubemon-missing-shards')).toBe('2');
  await archive.body?.cancel();
  const folder = temporaryFolder();
  const { manifest } = (await client?.fetch('run', folder, { merge: true })) ?? {};
  expect(manifest).toMatchObject({ missingShards: [2], verdict: { verdict: 'inconclusive' } });
});

test.each([
  ['http://10.0.0.1:9880, http://b:1', ['http://10.0.0.1:9880', 'http://b:1']],
  ['', []],
])('PEERS "%s"', (text, urls) => {
  expect(parsePeers(text)).toEqual(urls);
});

test.each(['10.0.0.1:9880', 'http://a:1/path', 'http://user:word@a:1', 'ftp://a'])(
  'PEERS "%s" is refused',
  (text) => {
    expect(() => parsePeers(text)).toThrow('http://host:port, separated by commas, which ');
  },
);

test('PEERS are as many as the shards', async () => {
  const settings = { peers: ['http://a:1', 'http://b:1'], port: 9880, tlsCertFile: undefined };
  await expect(peerUrls(settings, { shard: 0, shards: 3 })).rejects.toThrow(
    'PEERS (--peers) names 2 recorders, but SHARDS is 3: name all of them in the order of their SHARD, this one too.',
  );
});

test('pods of a StatefulSet are called by its headless Service', () => {
  const names = { scheme: 'http', namespace: 'kubemon', port: 9880, shards: 2 };
  expect(podUrls('kubemon-recorder-1', names)).toEqual([
    'http://kubemon-recorder-0.kubemon-recorder.kubemon.svc:9880',
    'http://kubemon-recorder-1.kubemon-recorder.kubemon.svc:9880',
  ]);
  expect(podUrls('laptop', names)).toEqual([]);
});
