import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest } from '../../../recorder/run/manifest.ts';
import type { LoopbackRecorder } from '../run/loopbackRecorder.ts';
import { until } from '../../support/until.ts';
import { StoppedElsewhere } from '../../../recorder/control/stoppedElsewhere.ts';
import { createPeers } from '../../../recorder/shards/peers.ts';
import { createTogether } from '../../../recorder/shards/together.ts';
import { serve } from '../scrape/serve.ts';
import { apiCall } from '../server/apiCall.ts';
import { type Other, refusing, shardWith } from './shardWith.ts';

async function record({ control, ended }: LoopbackRecorder, run: string): Promise<Manifest> {
  const end = ended();
  await control.start({ run, interval: 0.2, for: 0.4 });
  return (await end).manifest;
}

const unknown = refusing(404, 'There is no run "run": GET /runs lists them.');

test('the status of all tells of the disk of the one that is asked, too', async () => {
  const { url } = await shardWith(refusing(503, 'Its disk is away.'));
  const { body } = await apiCall(url, 'GET', '/status');
  expect(body['freeBytes']).toBeGreaterThan(0);
});

test.each([
  [409, 'Run run is being recorded: stop it first.'],
  [503, 'Run run cannot be deleted: EIO.'],
])('a run that another shard refuses to delete (%i) is told with its sentence', async (status, message) => {
  const recorder = await shardWith(refusing(status, message));
  await record(recorder, 'run');
  expect(await apiCall(recorder.url, 'DELETE', '/runs/run')).toMatchObject({
    status,
    body: { message: `Deleted run run in 1 of 2 shards. Shard 1: ${message}` },
  });
});

test('parts that are missing are counted over the shards of the run, whoever is asked today', async () => {
  const recorder = await shardWith(unknown, { shards: 3 });
  await record(recorder, 'run');
  const path = join(recorder.outputDir, 'run', 'shard=0', 'run.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"shards": 3', '"shards": 2'));
  const archive = await fetch(`${recorder.url}/runs/run.tar.gz`);
  await archive.body?.cancel();
  expect(archive.headers.get('x-kubemon-missing-shards')).toBe('1');
  const { body } = await apiCall(recorder.url, 'GET', '/runs/run');
  expect(body).toMatchObject({
    message:
      'Run run: stopped, inconclusive. Nothing is known of shard 1 of 2: There is no run "run": GET /runs lists them.',
    manifest: { missingShards: [1] },
  });
});

test('of two runs of one name the one that was started last is told, and whoever has the other is named', async () => {
  let other: Other = unknown;
  const recorder = await shardWith((path) => other(path));
  const manifest = await record(recorder, 'run');
  const [start, stop] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:01:00.000Z'];
  other = () => ({ status: 200, body: { message: '', manifest: { ...manifest, shard: 1, start, stop } } });
  const { body } = await apiCall(recorder.url, 'GET', '/runs/run');
  expect(body).toMatchObject({
    message: `Run run: stopped, inconclusive. Nothing is known of shard 1 of 2: what it has is another run of this name, which began at ${start}.`,
    manifest: { parts: [0], missingShards: [1], start: manifest.start },
  });
  const archive = await fetch(`${recorder.url}/runs/run.tar.gz`);
  await archive.body?.cancel();
  expect(archive.headers.get('x-kubemon-missing-shards')).toBe('1');
});

test('what all have begun together is told by a stop as all have ended it', async () => {
  let other: Other = unknown;
  const { control, url } = await shardWith((path) => other(path));
  await control.start({ run: 'run', interval: 0.2 }, { first: Math.ceil(Date.now() / 1000) });
  await until('a tick is done', () => (control.status().recording?.ticks.done ?? 0) > 0);
  const { manifest } = await control.run('run');
  let asked = 0;
  // They end a little later.
  other = () => {
    const state = asked++ < 4 ? 'recording' : 'stopped';
    const verdict = { ...manifest.verdict, verdict: 'inconclusive', reasons: ['It was held up.'] };
    return { status: 200, body: { message: '', manifest: { ...manifest, shard: 1, state, verdict } } };
  };
  const { body } = await apiCall(url, 'POST', '/stop');
  expect(body).toMatchObject({ message: 'Stopped collector', run: 'run' });
  expect(asked).toBeGreaterThan(4);
  expect(body['verdict']).toMatchObject({
    verdict: 'inconclusive',
    reasons: ['Shard 1: It was held up.'],
  });
});

/** What shard 1 tells of its part of a run, and of the last that it has ended. */
function havingPart(manifest: Manifest, changes: Partial<Manifest> = {}): Other {
  const { run, verdict } = manifest;
  return (path) =>
    path.startsWith('/status')
      ? {
          status: 200,
          body: {
            message: '',
            daemons: { connected: 0, expected: 0 },
            last: { run, path: 'node:/data/run/shard=1', verdict },
          },
        }
      : { status: 200, body: { message: '', manifest: { ...manifest, shard: 1, ...changes } } };
}

test.each([
  [
    'is still at it',
    (manifest: Manifest) => havingPart(manifest, { state: 'recording' }),
    'Stopped collector. Shard 1 is still ending: GET /runs/run tells the verdict when it has ended.',
  ],
  [
    'does not answer',
    () => refusing(503, 'Its disk is away.'),
    'Stopped collector. Nothing is known of shard 1 of 2: Its disk is away.',
  ],
])('a stop names a shard that %s', async (_, becomes, message) => {
  let other: Other = unknown;
  const { control, url } = await shardWith((path) => other(path));
  await control.start({ run: 'run', interval: 0.2 }, { first: Math.ceil(Date.now() / 1000) });
  await until('a tick is done', () => (control.status().recording?.ticks.done ?? 0) > 0);
  const { manifest } = await control.run('run');
  other = becomes(manifest);
  const { body } = await apiCall(url, 'POST', '/stop');
  expect(body).toMatchObject({ message, run: 'run' });
});

test('a stop through a shard that takes no part in the run tells its end in the others', async () => {
  let other: Other = unknown;
  const manifest = await record(await shardWith(unknown), 'run');
  const { control, outputDir, url } = await shardWith((path) => other(path));
  const last = Date.now() / 1000;
  const stop = () => Promise.reject(new StoppedElsewhere('run', last));
  const peer = await serve((request, response) => {
    const { status, body } = other(request.url ?? '');
    response.writeHead(status).end(JSON.stringify(body));
  });
  const peers = createPeers({ shard: 0, urls: [url, new URL(peer).origin], token: undefined });
  const together = createTogether({ control: { ...control, stop }, outputDir, peers });
  await expect(together.stop()).rejects.toMatchObject({
    status: 409,
    message: expect.stringMatching(/^Run run is not on in this recorder, and ends in all others behind /),
  });
  let asked = 0;
  other = (path) => havingPart(manifest, { state: asked++ < 3 ? 'recording' : 'stopped' })(path);
  expect(await together.stop()).toMatchObject({
    message:
      'Stopped collector. Nothing is known of shard 0 of 2: There is no run "run": GET /runs lists them.',
    run: 'run',
    path: 'node:/data/run/shard=1',
    verdict: { verdict: 'inconclusive' },
    ticks: manifest.ticks,
  });
  expect(asked).toBeGreaterThan(3);
});

test('a run that more have recorded is deleted where it can be; what stays is named', async () => {
  let other: Other = unknown;
  const recorder = await shardWith((path) => other(path));
  await record(recorder, 'run');
  const path = join(recorder.outputDir, 'run', 'shard=0', 'run.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"shards": 2', '"shards": 3'));
  const { manifest } = await recorder.control.run('run');
  other = havingPart(manifest);
  const { status, body } = await apiCall(recorder.url, 'DELETE', '/runs/run');
  expect([status, body['message']]).toEqual([
    200,
    'Deleted run run in 2 of 3 shards. The part of shard 2 stays where it was written: there are only 2 recorders now.',
  ]);
});
