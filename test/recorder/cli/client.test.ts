import { existsSync, readdirSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { expect, onTestFinished, test } from 'vitest';
import { RecorderClient, RecorderError } from '../../../recorder/index.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();

/** A client of a server that answers every request so. */
function answering(status: number, body: string | Buffer): Promise<RecorderClient> {
  return clientOf((_, response) => response.writeHead(status).end(body));
}

/** A client of a server whose run is on, and has this as its tar.gz. */
function offering(whole: Buffer): Promise<RecorderClient> {
  const answer = JSON.stringify({ message: 'Run r: recording.', manifest: { state: 'recording' } });
  return clientOf(({ url }, response) => response.end(url === '/runs/r.tar.gz' ? whole : answer));
}

async function clientOf(answer: RequestListener): Promise<RecorderClient> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return new RecorderClient({ host: `127.0.0.1:${address.port}` });
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function archive(fill: (tar: Pack) => void): Promise<Buffer> {
  const tar = pack();
  fill(tar);
  tar.finalize();
  return buffer(tar.pipe(createGzip()));
}

function manifest(...files: readonly { readonly name: string; readonly sha256?: string }[]): string {
  return JSON.stringify({ schemaVersion: 1, run: 'r', files });
}

test('a refusal has status, code and sentence', async () => {
  const client = await answering(
    409,
    JSON.stringify({ message: 'No.', error: { code: 'conflict', message: 'The run exists.' } }),
  );
  const error = await failure(client.start('r'));
  expect(error).toBeInstanceOf(RecorderError);
  expect(error).toMatchObject({ status: 409, code: 'conflict', message: 'The run exists.' });
});

test('no recorder at all', async () => {
  const error = await failure(new RecorderClient({ host: 'no-such-host.invalid' }).alive());
  expect(error).toMatchObject({ code: 'unreachable', status: undefined });
  expect(String(error)).toContain('http://no-such-host.invalid:9880 (');
});

test.each([
  [200, 'hello'],
  [200, '{"ok":true}'],
  [404, 'Not Found'],
  [502, '{"error":"bad gateway"}'],
])('an answer of %d %s is not that of a recorder', async (status, body) => {
  const client = await answering(status, body);
  expect(await failure(client.alive())).toMatchObject({ code: 'not_a_recorder', status });
});

test('an answer that breaks off is none', async () => {
  const client = await clientOf((_, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"message":');
    setTimeout(() => response.destroy(), 50);
  });
  const error = await failure(client.alive());
  expect(error).toMatchObject({ code: 'unreachable', status: undefined });
  expect(String(error)).toContain('(the connection was closed)');
});

test.each([
  ['nothing', () => undefined],
  ['a beginning', (response: ServerResponse) => response.write('{"message":')],
])('who says %s for longer than there is patience does not answer', async (_, begin) => {
  const client = await clientOf((__, response) => void begin(response));
  const error = await failure(client.status(50));
  expect(error).toMatchObject({ code: 'unreachable', status: undefined });
  expect(String(error)).toContain('(no answer in time)');
});

test('an address, a token and an authority that are none', () => {
  expect(() => new RecorderClient({ host: 'a b' })).toThrow(RangeError);
  expect(() => new RecorderClient({ token: 'open\nsesame' })).toThrow(/^a token of one line/);
  expect(() => new RecorderClient({ ca: 'sesame' })).toThrow(/^certificates of authorities in PEM/);
});

test.each([
  [
    'a file is not what run.json says',
    (tar: Pack) => {
      tar.entry({ name: 'r/run.json' }, manifest({ name: 'node.csv', sha256: '0'.repeat(64) }));
      tar.entry({ name: 'r/node.csv' }, 'timestamp\n');
    },
    'The run has another node.csv than its run.json says (SHA-256); nothing was kept. Fetch it again.',
  ],
  [
    'a file is missing',
    (tar: Pack) => {
      tar.entry({ name: 'r/run.json' }, manifest({ name: 'node.csv' }));
    },
    'The run lacks node.csv; nothing was kept. Fetch it again.',
  ],
  [
    'there is no run.json',
    (tar: Pack) => {
      tar.entry({ name: 'r/node.csv' }, 'timestamp\n');
    },
    'The run has no readable run.json; nothing was kept. Fetch it again.',
  ],
  [
    'it has something that is no file',
    (tar: Pack) => {
      tar.entry({ name: 'r/run.json', type: 'symlink', linkname: '/etc/passwd' });
    },
    'The run could not be received whole (run.json is no file but a symlink); nothing was kept. Fetch it again.',
  ],
])('a damaged run is not kept: %s', async (_, fill, message) => {
  const client = await offering(await archive(fill));
  expect(await failure(client.fetch('r', folder))).toMatchObject({ code: 'damaged', message });
  expect(readdirSync(folder)).toEqual([]);
});

test('a run that ends in the middle is not kept', async () => {
  const whole = await archive((tar) => {
    tar.entry({ name: 'r/run.json' }, manifest());
    tar.entry({ name: 'r/node.csv' }, 'timestamp\n'.repeat(100_000));
  });
  const client = await offering(whole.subarray(0, whole.length / 2));
  expect(await failure(client.fetch('r', folder))).toMatchObject({ code: 'damaged' });
  expect(readdirSync(folder)).toEqual([]);
});

test('no name in an archive leads out of the folder', async () => {
  const whole = await archive((tar) => {
    tar.entry({ name: 'r/run.json' }, manifest());
    tar.entry({ name: '../../escaped.csv' }, 'timestamp\n');
    tar.entry({ name: '/escaped.txt' }, 'x');
  });
  const client = await offering(whole);
  const { path } = await client.fetch('r', folder);
  expect(readdirSync(path).toSorted()).toEqual(['escaped.csv', 'escaped.txt', 'run.json']);
  expect(readdirSync(folder)).toEqual(['r']);
  expect(existsSync(join(folder, '..', 'escaped.csv'))).toBe(false);
});
