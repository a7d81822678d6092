import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../../exporter/serve/version.ts';
import { openApi } from '../../../recorder/server/openApi.ts';
import { refusal } from './apiCall.ts';
import { done, serve } from './served.ts';

const served = serve();
const { call } = served;

test('a run is started, marked, looked at and stopped with the sentences of the API', async () => {
  const started = await call('POST', '/start/test000?interval=1&for=1h&label.load=high&label.seed=7');
  const path = join(served.recorder.outputDir, 'test000');
  expect(started).toMatchObject({
    status: 201,
    body: {
      message: `Starting 1 daemons and saving data at ${hostname()}:${path}`,
      run: 'test000',
      path,
      interval: 1,
      for: 3600,
      daemons: 1,
    },
  });
  const tick = new Promise((resolve) => {
    served.recorder.control.onTick(resolve);
  });
  expect((await call('POST', '/start/other')).body).toEqual(
    refusal('conflict', 'Already recording test000: stop it first.'),
  );
  expect(await call('POST', '/marks', { body: '{"label":"load on"}' })).toMatchObject({
    status: 201,
    body: { message: 'Marked "load on".', mark: { label: 'load on' } },
  });
  expect((await call('POST', '/marks?label=load%20off')).status).toBe(201);
  await tick;
  expect(await call('GET', '/status')).toMatchObject({
    status: 200,
    body: {
      message: expect.stringMatching(/^Recording test000: \d+ of \d+ ticks so far, valid\.$/) as unknown,
      daemons: { connected: 1, expected: 1 },
      recording: {
        run: 'test000',
        interval: 1,
        for: 3600,
        verdict: { verdict: 'valid' },
        lastTick: { run: 'test000', state: 'done', targets: [{ target: 'one', up: true, samples: 21 }] },
      },
    },
  });
  expect((await call('GET', '/runs/test000')).body).toMatchObject({
    message: 'Run test000: recording.',
    manifest: { state: 'recording', labels: { load: 'high', seed: '7' } },
  });
  expect(await call('DELETE', '/runs/test000')).toMatchObject({
    status: 409,
    body: refusal('conflict', 'Run test000 is being recorded: stop it first.'),
  });
  const stopped = await call('POST', '/stop');
  const { manifest } = await served.recorder.control.run('test000');
  expect(manifest.marks).toMatchObject([{ label: 'load on' }, { label: 'load off' }]);
  expect(stopped.status).toBe(200);
  expect(stopped.body).toEqual({
    message: 'Stopped collector',
    run: 'test000',
    path,
    verdict: manifest.verdict,
    ticks: manifest.ticks,
    coverage: 1,
    alignmentP99Seconds: manifest.alignment.p99Seconds,
    rows: manifest.files.reduce((sum, { rows }) => sum + rows, 0),
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  expect(manifest.verdict).toMatchObject({ verdict: 'valid', reasons: [] });
  expect(await served.recorder.rows('test000', 'marks.csv')).toMatchObject([
    { label: 'load on' },
    { label: 'load off' },
  ]);
  expect((await call('GET', '/status')).body).toMatchObject({
    message: 'Nothing is recording.',
    last: { run: 'test000', verdict: { verdict: 'valid' } },
  });
});

test.each([
  ['POST', '/stop', 409, 'conflict', 'Nothing is recording.'],
  ['POST', '/marks?label=x', 409, 'conflict', 'Nothing is recording.'],
  ['POST', '/marks?label=', 400, 'bad_request', 'A mark needs {"label": "TEXT"} of 1 to 1000 characters.'],
  ['POST', '/start', 400, 'bad_request', 'The run has no name: POST /start/RUN.'],
  [
    'POST',
    '/start/x?interval=0.05',
    400,
    'bad_request',
    'interval is "0.05", but it must be seconds from 0.1 to 86400.',
  ],
  ['POST', '/start/x?interval=1&interval=2', 400, 'bad_request', 'interval may be given once.'],
  [
    'POST',
    '/start/x?for=soon',
    400,
    'bad_request',
    'for is "soon", but it must be a duration such as 90, 90s, 10m or 1h.',
  ],
  [
    'POST',
    '/start/x?intervall=1',
    400,
    'bad_request',
    'There is no parameter intervall: run, interval, for and label.KEY are known.',
  ],
  ['GET', '/runs/none', 404, 'not_found', 'There is no run "none": GET /runs lists them.'],
  ['GET', '/runs/none.tar.gz', 404, 'not_found', 'There is no run "none": GET /runs lists them.'],
  ['GET', '/runs/none/run.json', 404, 'not_found', 'There is no run "none": GET /runs lists them.'],
  ['DELETE', '/runs/none', 404, 'not_found', 'There is no run "none": GET /runs lists them.'],
  ['GET', `/runs/${done}/none.csv`, 404, 'not_found', `Run ${done} has no file "none.csv".`],
  ['GET', '/nothing', 404, 'not_found', 'There is no GET /nothing: GET /help lists the calls.'],
  ['GET', '/runs/%ff', 404, 'not_found', 'There is no run "%ff": GET /runs lists them.'],
])('%s %s is refused with %d', async (method, path, status, code, message) => {
  const answer = await call(method, path);
  expect(answer.body).toEqual(refusal(code, message));
  expect(answer.status).toBe(status);
});

test.each(['.hidden', 'a/../b', '-x', 'a b', 'ä', 'x'.repeat(129), '..', 'x\n', 'x.tar.gz'])(
  '"%s" is no name for a run',
  async (name) => {
    const { status, body } = await call('POST', `/start?run=${encodeURIComponent(name)}`);
    expect(status).toBe(400);
    expect(body).toEqual(
      refusal(
        'bad_request',
        `"${name}" cannot be the name of a run: it must match ^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$ and not end in .tar.gz.`,
      ),
    );
  },
);

test('a run that exists is never written into', async () => {
  const before = await readFile(join(served.recorder.outputDir, done, 'run.json'), 'utf8');
  expect(await call('POST', `/start/${done}`)).toMatchObject({
    status: 409,
    body: refusal(
      'conflict',
      `Run ${done} exists in ${hostname()}:${served.recorder.outputDir}: choose another name.`,
    ),
  });
  expect(await readFile(join(served.recorder.outputDir, done, 'run.json'), 'utf8')).toBe(before);
  expect((await call('GET', '/status')).body['message']).toBe('Nothing is recording.');
});

test.each(['/start/x', '/stop', '/marks'])('only POST may change: GET %s is refused', async (path) => {
  const { status, headers, body } = await call('GET', path);
  expect(status).toBe(405);
  expect(headers.get('allow')).toBe('POST');
  expect(body).toEqual(refusal('method_not_allowed', `There is no GET ${path}, but POST there.`));
});

test('two starts at once are one run and one refusal', async () => {
  const answers = await Promise.all([
    call('POST', '/start/race-1?for=60'),
    call('POST', '/start/race-2?for=60'),
  ]);
  expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['201', '409']);
});

test('a stop that comes while a run starts stops that run', async () => {
  const starting = served.recorder.control.start({ run: 'brief' });
  const stopped = await call('POST', '/stop');
  expect(await starting).toMatchObject({ run: 'brief' });
  expect(stopped).toMatchObject({ status: 200, body: { message: 'Stopped collector', run: 'brief' } });
  expect(served.recorder.control.current()).toBeUndefined();
});

test('a label may be called as it likes, each once', async () => {
  await call('POST', '/start/labelled?label.__proto__=a&label.constructor=b&label.a%2Cb%0A=%3D1%2B1');
  const { manifest } = await served.recorder.control.run('labelled');
  expect(Object.entries(manifest.labels)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['a,b\n', '=1+1'],
  ]);
});

test('JSON is written for people: indented, with an end to the last line', async () => {
  for (const path of ['/alive', '/nothing']) {
    const response = await fetch(served.recorder.url + path);
    expect(await response.text()).toMatch(/^\{\n {2}"message": ".+"(,[^]+)?\n\}\n$/);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  }
});

test('two stops at once are told the same', async () => {
  await call('POST', '/start/twice?interval=0.2');
  const [one, two] = await Promise.all([call('POST', '/stop'), call('POST', '/stop')]);
  expect(one.status).toBe(200);
  expect(two).toEqual({ ...one, headers: two.headers });
});

test('daemons, instances, alive and help', async () => {
  const { host } = new URL(served.exporter.url);
  expect((await call('GET', '/daemons')).body).toMatchObject({
    message: '1 of 1 daemons are connected (TARGETS names 1).',
    connected: 1,
    expected: 1,
    daemons: [
      { name: 'one', node: 'one', address: host, role: 'daemon', connected: true, kernel: '6.1.0', cpus: 4 },
    ],
  });
  expect((await call('GET', '/instances')).body).toEqual({
    message: '5 monitor instances on 1 nodes.',
    total: 5,
    nodes: [{ node: 'one', target: 'one', os: 1, containers: 2, processes: 2 }],
  });
  expect((await call('GET', '/alive')).body).toEqual({ message: 'Collector is alive!' });
  const { body } = await call('GET', '/help');
  expect(body['calls']).toContainEqual({ call: 'POST /stop', does: 'stops recording and tells the verdict' });
});

test('/openapi.json describes every call of /help', async () => {
  const { body } = await call('GET', '/openapi.json');
  expect(body).toMatchObject({
    openapi: '3.1.0',
    paths: {
      '/start/{run}': {
        post: {
          parameters: [
            { name: 'run', in: 'path', required: true },
            { name: 'interval' },
            { name: 'for' },
            {},
          ],
          responses: { 201: {}, 400: {}, 409: {}, 507: {} },
        },
      },
      '/runs/{run}': { get: {}, delete: {} },
    },
  });
  const { calls } = served.recorder.control.help();
  const document = openApi(version);
  expect(body).toEqual(document);
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(described.toSorted()).toEqual(calls.map(({ call: text }) => text.replace(/\?.*/, '')).toSorted());
});

test('probes', async () => {
  expect((await call('GET', '/healthz')).body).toEqual({ message: 'ok' });
  expect((await call('GET', '/readyz')).body).toEqual({ message: 'ready' });
});

test('a body that is too large or no JSON is refused', async () => {
  expect(await call('POST', '/marks', { body: 'no' })).toMatchObject({
    status: 400,
    body: refusal('bad_request', 'The body is not JSON.'),
  });
  expect(await call('POST', '/marks', { body: 'x'.repeat(20_000) })).toMatchObject({
    status: 413,
    body: refusal('too_large', 'A body may have 16384 bytes.'),
  });
});
