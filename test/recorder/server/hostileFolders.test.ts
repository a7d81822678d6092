import { execFileSync } from 'node:child_process';
import { mkdir, open, readdir, readFile, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFolder } from '../../../recorder/control/openFolder.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { refusal } from './apiCall.ts';
import { rawCall } from './rawCall.ts';
import { done, serve } from './served.ts';

const served = serve();
const { call } = served;

/** A folder in OUTPUT_DIR with this run.json, or with a copy of a real one. */
async function folder(name: string, manifest?: string | Buffer): Promise<string> {
  const path = join(served.recorder.outputDir, name);
  await mkdir(path);
  await writeFile(
    join(path, 'run.json'),
    manifest ?? (await readFile(join(served.recorder.outputDir, done, 'run.json'))),
  );
  return path;
}

function noRun(name: string): unknown {
  return refusal('not_found', `There is no run "${name}": GET /runs lists them.`);
}

test('a run that is a symbolic link is none: it is not listed, read, sent or deleted', async () => {
  await symlink(join(served.recorder.outputDir, done), join(served.recorder.outputDir, 'linked'));
  expect((await call('GET', '/runs')).body['runs']).not.toContainEqual(
    expect.objectContaining({ run: 'linked' }),
  );
  for (const [method, path] of [
    ['GET', '/runs/linked'],
    ['GET', '/runs/linked/node.csv'],
    ['GET', '/runs/linked.tar.gz'],
    ['DELETE', '/runs/linked'],
  ] as const) {
    expect([path, (await call(method, path)).body]).toEqual([path, noRun('linked')]);
  }
  expect(await readdir(served.recorder.outputDir)).toContain('linked');
});

test('of a run only regular files are sent: no link, no FIFO, no folder, and nothing above it', async () => {
  const path = await folder('trapped');
  await symlink('/etc/passwd', join(path, 'passwd.csv'));
  execFileSync('mkfifo', [join(path, 'fifo.csv')]);
  await mkdir(join(path, 'below.csv'));
  const names = [
    'passwd.csv',
    'fifo.csv',
    'below.csv',
    '..',
    '../done-1/run.json',
    '\0',
    'run.json\0',
    '\\..\\x',
    'x'.repeat(300),
    '.run.json',
  ];
  for (const name of names) {
    const { status, body } = await rawCall(
      served.recorder.url,
      'GET',
      `/runs/trapped/${encodeURIComponent(name)}`,
    );
    expect([name, status]).toEqual([name, 404]);
    expect(JSON.parse(body ?? '')).toEqual(refusal('not_found', `Run trapped has no file "${name}".`));
  }
  const archive = await fetch(`${served.recorder.url}/runs/trapped.tar.gz`);
  const listed = execFileSync('tar', ['-tz'], { input: Buffer.from(await archive.arrayBuffer()) }).toString();
  expect(listed).toBe('trapped/run.json\n');
});

test('what is swapped for a link after a folder was opened is not followed', async () => {
  const path = await folder('swapped');
  await writeFile(join(path, 'node.csv'), 'own\n');
  const opened = await openFolder(path);
  await rename(path, `${path}.away`);
  await mkdir(path);
  await writeFile(join(path, 'node.csv'), 'foreign\n');
  const file = await opened?.file('node.csv');
  expect(await file?.readFile('utf8')).toBe('own\n');
  await file?.close();
  await opened?.close();
});

test('a page that lies in a run is sent as bytes, not as a page of the recorder', async () => {
  await writeFile(join(await folder('paged'), 'x.html'), '<script>1</script>');
  const { headers } = await rawCall(served.recorder.url, 'GET', '/runs/paged/x.html');
  expect(headers['content-type']).toBe('application/octet-stream');
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('a run that holds more than its files is not deleted', async () => {
  const path = await folder('kept');
  await writeFile(join(path, 'notes.txt'), 'mine');
  expect(await call('DELETE', '/runs/kept')).toMatchObject({
    status: 409,
    body: refusal(
      'conflict',
      'Run kept also holds "notes.txt", which is no file of a run: move it away first.',
    ),
  });
  expect(await readFile(join(path, 'notes.txt'), 'utf8')).toBe('mine');
});

describeWith([needs.mounts], 'a run that is a mount point', () => {
  test('is not deleted', async () => {
    const path = await folder('mounted');
    execFileSync('mount', ['--bind', join(served.recorder.outputDir, done), path]);
    try {
      expect(await call('DELETE', '/runs/mounted')).toMatchObject({
        status: 409,
        body: refusal('conflict', 'Run mounted is a mount point: unmount it, and delete what it showed.'),
      });
    } finally {
      execFileSync('umount', [path]);
    }
    expect(await readdir(join(served.recorder.outputDir, done))).toContain('run.json');
  });
});

test('a hostile run.json is no run, costs little and is told where it could be one', async () => {
  await truncate(join(await folder('huge'), 'run.json'), 1 << 30);
  await folder('deep', `{"files":${'['.repeat(4_000_000)}`);
  await folder('many', `{"files":[${'{},'.repeat(4_000_000)}{}]}`);
  await folder('strange', '{"__proto__":{"run":"strange","state":"stopped"}}');
  const text = await readFile(join(served.recorder.outputDir, done, 'run.json'), 'utf8');
  await folder('timeless', text.replace(/"start": "[^"]*"/, '"start": "yesterday"'));
  await folder('typeless', text.replace(/"settings": \{/, '"settings": 7, "x": {'));
  const before = performance.now();
  const { body } = await call('GET', '/runs');
  expect(performance.now() - before).toBeLessThan(5000);
  const runs = JSON.stringify(body['runs']);
  for (const name of ['huge', 'deep', 'many', 'strange', 'timeless']) expect(runs).not.toContain(name);
  expect(body['message']).toMatch(
    / The run\.json of timeless is damaged \(start: Invalid string: must match pattern .+\)\.$/,
  );
  for (const name of ['huge', 'deep', 'many', 'strange']) {
    expect((await call('GET', `/runs/${name}`)).body).toEqual(noRun(name));
  }
  expect((await call('GET', '/runs/typeless')).body).toEqual(
    refusal(
      'conflict',
      'The run.json of run typeless is damaged (settings: Invalid input: expected object, received number): fetch the files of the run by their names.',
    ),
  );
});

test('ranges: several are answered with the whole file once, a precondition that fails with 412', async () => {
  const path = `/runs/${done}/run.json`;
  const whole = await readFile(join(served.recorder.outputDir, done, 'run.json'), 'utf8');
  const flood = await rawCall(served.recorder.url, 'GET', path, {
    headers: { range: `bytes=${Array.from({ length: 1000 }, (_, index) => `${index}-`).join(',')}` },
  });
  expect([200, 206]).toContain(flood.status);
  expect((flood.body ?? '').length).toBeLessThanOrEqual(whole.length);
  const last = await rawCall(served.recorder.url, 'GET', path, { headers: { range: 'bytes=-2' } });
  expect([last.status, last.body]).toEqual([206, '}\n']);
  const failed = await rawCall(served.recorder.url, 'GET', path, { headers: { 'if-match': '"x"' } });
  expect(failed.status).toBe(412);
  expect(JSON.parse(failed.body ?? '')).toEqual(
    refusal('precondition_failed', 'run.json is not as If-Match or If-Unmodified-Since asks.'),
  );
});

test('files and folders are closed again, also after HEAD', async () => {
  const descriptors = async () => (await readdir('/proc/self/fd')).length;
  const ask = async () => {
    for (let index = 0; index < 20; index++) {
      await rawCall(served.recorder.url, 'HEAD', `/runs/${done}.tar.gz`);
      await rawCall(served.recorder.url, 'GET', `/runs/${done}.tar.gz`);
      await rawCall(served.recorder.url, 'GET', `/runs/${done}/node.csv`);
      await rawCall(served.recorder.url, 'GET', `/runs/${done}/none`);
    }
  };
  await ask();
  const before = await descriptors();
  await ask();
  await expect.poll(descriptors).toBeLessThanOrEqual(before + 2);
});

test('a file is closed again when who asked for it is gone before it is open', async () => {
  const descriptors = async () => (await readdir('/proc/self/fd')).length;
  const askAndLeave = () =>
    new Promise<void>((resolve) => {
      const socket = connect(served.recorder.port, '127.0.0.1', () => {
        socket.write(`GET /runs/${done}/node.csv HTTP/1.1\r\nHost: localhost\r\n\r\n`, () =>
          socket.destroy(),
        );
      });
      socket.on('close', () => {
        resolve();
      });
    });
  await askAndLeave();
  const before = await descriptors();
  for (let index = 0; index < 20; index++) await askAndLeave();
  // Answered after all of them: those before are at their end, too.
  await rawCall(served.recorder.url, 'GET', `/runs/${done}/node.csv`);
  await expect.poll(descriptors).toBeLessThanOrEqual(before + 2);
});

test('labels are bounded in number and length', async () => {
  const many = Array.from({ length: 101 }, (_, index) => `label.${index}=x`).join('&');
  for (const [query, message] of [
    [many, 'A run may have 100 labels, and these are more.'],
    [`label.a=${'x'.repeat(1001)}`, 'label.a has 1001 characters, and may have 1000.'],
    [
      `label.${'k'.repeat(101)}=`,
      `The key of a label may have 100 characters: "${'k'.repeat(101)}" has more.`,
    ],
  ] as const) {
    expect((await call('POST', `/start/labels?${query}`)).body).toEqual(refusal('bad_request', message));
  }
  expect((await call('POST', `/start/forever?for=${'9'.repeat(400)}`)).status).toBe(400);
});

test('a file that grows while it is sent is sent as far as it went', async () => {
  const path = await folder('growing');
  await writeFile(join(path, 'node.csv'), 'a\n');
  const file = await open(join(path, 'node.csv'), 'a');
  const answer = rawCall(served.recorder.url, 'GET', '/runs/growing/node.csv');
  await file.write('b\n');
  await file.close();
  const { headers, body } = await answer;
  expect(headers['content-length']).toBe(String(body?.length));
  expect(['a\n', 'a\nb\n']).toContain(body);
});
