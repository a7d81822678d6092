import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest } from '../../../recorder/run/manifest.ts';
import type { LoopbackRecorder } from '../run/loopbackRecorder.ts';
import { until } from '../../support/until.ts';
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
