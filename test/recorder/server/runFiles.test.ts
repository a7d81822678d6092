import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { kubemon, machine } from '../run/loopbackExporter.ts';
import { done, serve } from './served.ts';

const served = serve();
const { call } = served;

test('runs are listed; one that nobody records any more is interrupted', async () => {
  const text = await readFile(join(served.recorder.outputDir, done, 'run.json'), 'utf8');
  await mkdir(join(served.recorder.outputDir, 'cut'));
  await writeFile(
    join(served.recorder.outputDir, 'cut', 'run.json'),
    text.replace('"stopped"', '"recording"'),
  );
  await mkdir(join(served.recorder.outputDir, 'no-run'));
  const { verdict } = (await served.recorder.control.run(done)).manifest.verdict;
  const { body } = await call('GET', '/runs');
  expect(body['message']).toMatch(/^\d+ runs in /);
  expect(body['runs']).toContainEqual(
    expect.objectContaining({ run: done, state: 'stopped', ticks: 3, verdict }),
  );
  expect(body['runs']).toContainEqual(expect.objectContaining({ run: 'cut', state: 'interrupted' }));
  expect(body['runs']).not.toContainEqual(expect.objectContaining({ run: 'no-run' }));
  expect((await call('GET', '/runs/cut')).body).toMatchObject({ manifest: { state: 'interrupted' } });
  expect((await call('DELETE', '/runs/cut')).body).toEqual({ message: 'Deleted run cut.' });
  expect((await call('GET', '/runs/cut')).status).toBe(404);
});

test('a file is served whole, in ranges and by its head', async () => {
  const url = `${served.recorder.url}/runs/${done}/node.csv`;
  const content = await readFile(join(served.recorder.outputDir, done, 'node.csv'), 'utf8');
  const whole = await fetch(url);
  expect(whole.headers.get('content-type')).toMatch(/^text\/csv/);
  expect(await whole.text()).toBe(content);
  const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-range')).toBe(`bytes 10-19/${content.length}`);
  expect(await part.text()).toBe(content.slice(10, 20));
  const head = await fetch(url, { method: 'HEAD' });
  expect(head.headers.get('content-length')).toBe(String(content.length));
  const beyond = await fetch(url, { headers: { range: `bytes=${content.length}-` } });
  expect(beyond.status).toBe(416);
  expect(beyond.headers.get('content-range')).toBe(`bytes */${content.length}`);
  expect(await beyond.json()).toMatchObject({ error: { code: 'range_not_satisfiable' } });
});

test('all files of a run come as a tar.gz that tar opens', async () => {
  // Another run.json that is just being written is no file of the run yet.
  await writeFile(join(served.recorder.outputDir, done, '.run.json'), '{');
  const response = await fetch(`${served.recorder.url}/runs/${done}.tar.gz`);
  expect(response.headers.get('content-type')).toBe('application/gzip');
  const folder = await mkdtemp(join(tmpdir(), 'kubemon-tar-'));
  try {
    await writeFile(join(folder, 'run.tar.gz'), Buffer.from(await response.arrayBuffer()));
    await promisify(execFile)('tar', ['-xzf', 'run.tar.gz'], { cwd: folder });
    expect(await readdir(join(folder, done))).not.toContain('.run.json');
    for (const name of (await readdir(join(served.recorder.outputDir, done))).filter(
      (each) => !each.startsWith('.'),
    )) {
      const original = await readFile(join(served.recorder.outputDir, done, name));
      expect([name, await readFile(join(folder, done, name))]).toEqual([name, original]);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a start that is going to be refused keeps nobody from deleting the run of that name', async () => {
  const { outputDir, control } = served.recorder;
  await cp(join(outputDir, done), join(outputDir, 'again'), { recursive: true });
  // The start asks its targets first, and waits for them.
  served.exporter.behave(() => undefined);
  const starting = control.start({ run: 'again' });
  const [started, deleted] = await Promise.allSettled([starting, call('DELETE', '/runs/again')]);
  served.exporter.behave(kubemon(machine('one')));
  expect(started).toMatchObject({
    reason: { message: expect.stringMatching(/^Run again exists in /) as unknown },
  });
  expect(deleted).toMatchObject({ value: { status: 200, body: { message: 'Deleted run again.' } } });
});
