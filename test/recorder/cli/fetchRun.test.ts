import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FetchProgress, RecorderClient, type RunAnswer } from '../../../recorder/index.ts';
import { lockFolder } from '../../../recorder/control/folderLock.ts';
import { until } from '../../support/until.ts';
import { serve } from '../scrape/serve.ts';
import { type RunningRecorder, startRecorder } from './runningRecorder.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A real recorder with one finished run; what breaks a download off is between it and the client. */
let recorder: RunningRecorder;
let total: number;
const outputDir = temporaryFolder();
const here = temporaryFolder();
const partial = join(here, '.big.partial');

beforeAll(async () => {
  recorder = await startRecorder({ OUTPUT_DIR: outputDir });
  total = await record('big', 10);
}, 60_000);

afterAll(async () => {
  await recorder.stop();
});

/** @returns the bytes of its CSV files. */
async function record(run: string, ticks: number): Promise<number> {
  await recorder.client.start(run, { interval: 0.2 });
  await until(
    `${ticks} ticks are done`,
    async () => ((await recorder.client.status()).recording?.ticks.done ?? 0) >= ticks,
  );
  await recorder.client.stop();
  const { manifest }: RunAnswer = await recorder.client.run(run);
  return manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
}

interface Proxy {
  readonly host: string;
  /** Bytes of run files that went through, by name. */
  readonly sent: () => Readonly<Record<string, number>>;
}

/** Lets so many bytes of a run's files through; then `onCut`, and the connection is closed. Again for the next. */
async function proxy(bytesUntilCut: readonly number[], onCut: () => void = () => undefined): Promise<Proxy> {
  const sent: Record<string, number> = {};
  const cuts = [...bytesUntilCut];
  let left = cuts.shift() ?? Infinity;
  const url = await serve((incoming, outgoing) => {
    const [, name] = /^\/runs\/\w+\/(.+)$/.exec(incoming.url ?? '') ?? [];
    const [host, port] = recorder.address.split(':');
    const options = { host, port, path: incoming.url, method: incoming.method };
    const headers = { ...incoming.headers, host: recorder.address };
    request({ ...options, headers }, (answer) => {
      let isCut = false;
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.on('data', (chunk: Buffer) => {
        if (isCut) return;
        const part = name === undefined ? chunk : chunk.subarray(0, left);
        if (name !== undefined) {
          sent[name] = (sent[name] ?? 0) + part.length;
          left -= part.length;
        }
        outgoing.write(part);
        if (left > 0) return;
        isCut = true;
        left = cuts.shift() ?? Infinity;
        // When it has been read: what is written at the end of a connection may be lost.
        setTimeout(() => {
          onCut();
          outgoing.destroy();
        }, 100);
      });
      answer.on('end', () => isCut || outgoing.end());
    }).end();
  });
  return { host: new URL(url).host, sent: () => sent };
}

/** Every file is the recorder's, byte for byte, and there is no other. */
function expectSame(run: string, copy: string): void {
  const names = readdirSync(join(outputDir, run)).filter((name) => !name.startsWith('.'));
  expect(readdirSync(copy).toSorted()).toEqual(names.toSorted());
  for (const name of names) {
    expect(readFileSync(join(copy, name)).equals(readFileSync(join(outputDir, run, name))), name).toBe(true);
  }
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function sumOf(numbers: Readonly<Record<string, number>>): number {
  return Object.values(numbers).reduce((sum, each) => sum + each, 0);
}

test('a download that is broken off again and again goes on where it was, and brings the same bytes', async () => {
  const folder = join(here, 'often');
  const whole = await proxy([]);
  await new RecorderClient({ host: whole.host }).fetch('big', join(here, 'once'));
  const bytesAtOnce = sumOf(whole.sent());
  const manifestBytes = whole.sent()['run.json'] ?? 0;
  let times = 0;
  for (; ; times += 1) {
    const controller = new AbortController();
    // A part of the rest, so that it ends in the middle of files.
    const { host } = await proxy([manifestBytes + Math.ceil(total / 7)], () => {
      controller.abort(new Error('broken off'));
    });
    const client = new RecorderClient({ host, signal: controller.signal });
    const error = await failure(client.fetch('big', folder));
    if (error === undefined) break;
    expect(error).toMatchObject({ message: 'broken off' });
    expect(existsSync(join(folder, 'big'))).toBe(false);
  }
  expect(times).toBeGreaterThanOrEqual(5);
  expect(bytesAtOnce).toBeGreaterThan(total);
  expectSame('big', join(folder, 'big'));
  expect(readdirSync(folder)).toEqual(['big']);
});

test('what is here is not asked for again', async () => {
  const controller = new AbortController();
  const half = await proxy([sizeOfManifest() + Math.ceil(total / 2)], () => {
    controller.abort(new Error('broken off'));
  });
  await failure(new RecorderClient({ host: half.host, signal: controller.signal }).fetch('big', here));
  const rest = await proxy([]);
  const seen: FetchProgress[] = [];
  const { resumed, verified, manifest } = await new RecorderClient({ host: rest.host }).fetch('big', here, {
    onProgress: (progress) => seen.push(progress),
  });
  expect(resumed).toBe(Math.ceil(total / 2));
  expect(verified).toBe(manifest.files.length);
  const { 'run.json': _, 'journal.jsonl': journal, ...files } = rest.sent();
  expect(journal).toBeGreaterThan(0);
  expect(sumOf(files)).toBe(total - resumed);
  expect(seen.at(-1)).toMatchObject({ bytes: total, total });
  expectSame('big', join(here, 'big'));
});

test('a connection that is lost is made again without being told', async () => {
  const { host, sent } = await proxy([sizeOfManifest() + 5_000, 20_000, 10_000]);
  await new RecorderClient({ host }).fetch('big', join(here, 'lost'));
  const { 'run.json': _, 'journal.jsonl': __, ...files } = sent();
  expect(sumOf(files)).toBe(total);
  expectSame('big', join(here, 'lost', 'big'));
});

test('what was damaged meanwhile, here or there, is fetched again', async () => {
  const folder = join(here, 'damaged');
  const path = join(folder, '.big.partial');
  const controller = new AbortController();
  const { host } = await proxy([sizeOfManifest() + total - 10], () => {
    controller.abort(new Error('broken off'));
  });
  await failure(new RecorderClient({ host, signal: controller.signal }).fetch('big', folder));
  const whole = readFileSync(join(path, 'node.csv'), 'latin1');
  writeFileSync(join(path, 'node.csv'), whole.replace('timestamp', 'Timestamp'), 'latin1');
  appendFileSync(join(path, 'container.csv'), 'one line too much\n');
  // Written anew: what was begun is of another file.
  const now = new Date();
  utimesSync(join(outputDir, 'big', 'scrapes.csv'), now, now);
  const { verified, manifest } = await recorder.client.fetch('big', folder);
  expect(verified).toBe(manifest.files.length);
  expectSame('big', join(folder, 'big'));
});

test('a run of the same name that is another one is fetched whole', async () => {
  const folder = join(here, 'another');
  await record('again', 3);
  const size = readFileSync(join(outputDir, 'again', 'run.json')).length;
  const controller = new AbortController();
  const { host } = await proxy([size + 3_000], () => {
    controller.abort(new Error('broken off'));
  });
  await failure(new RecorderClient({ host, signal: controller.signal }).fetch('again', folder));
  expect(readdirSync(folder)).toEqual(['.again.partial']);
  await recorder.client.remove('again');
  await record('again', 5);
  const { resumed } = await recorder.client.fetch('again', folder);
  expect(resumed).toBe(0);
  expectSame('again', join(folder, 'again'));
});

test('a file that is not what run.json says is fetched twice, then nothing is kept', async () => {
  await record('forged', 2);
  const path = join(outputDir, 'forged', 'node.csv');
  writeFileSync(path, readFileSync(path, 'latin1').replace('fixture', 'forgery'), 'latin1');
  const { host, sent } = await proxy([]);
  const error = await failure(new RecorderClient({ host }).fetch('forged', join(here, 'forged')));
  expect(error).toMatchObject({
    code: 'damaged',
    message:
      'The run has another node.csv than its run.json says (SHA-256); nothing was kept. Fetch it again.',
  });
  expect(sent()['node.csv']).toBe(2 * readFileSync(path).length);
  expect(readdirSync(join(here, 'forged'))).toEqual([]);
});

test('an existing folder stays as it is, also an empty one', async () => {
  mkdirSync(join(here, 'taken', 'big'), { recursive: true });
  const error = await failure(recorder.client.fetch('big', join(here, 'taken')));
  expect(error).toMatchObject({ code: 'exists' });
  expect(readdirSync(join(here, 'taken'))).toEqual(['big']);
  expect(existsSync(partial)).toBe(false);
});

test('of a run that was interrupted the state is that which the recorder tells', async () => {
  const path = join(outputDir, 'interrupted');
  cpSync(join(outputDir, 'big'), path, { recursive: true });
  const text = readFileSync(join(path, 'run.json'), 'utf8');
  writeFileSync(join(path, 'run.json'), text.replace('"state": "stopped"', '"state": "recording"'));
  const { manifest } = await recorder.client.fetch('interrupted', join(here, 'interrupted'));
  expect(manifest.state).toBe('interrupted');
  expectSame('interrupted', join(here, 'interrupted', 'interrupted'));
});

test.runIf(process.platform === 'linux')('two do not write into one folder', async () => {
  const folder = join(here, 'twice');
  const path = join(folder, '.big.partial');
  mkdirSync(path, { recursive: true });
  const unlock = await lockFolder(path);
  expect(await failure(recorder.client.fetch('big', folder))).toMatchObject({
    code: 'exists',
    message: `big is being fetched into ${path} already: wait until that has ended, or name another folder.`,
  });
  await unlock();
  await recorder.client.fetch('big', folder);
  expectSame('big', join(folder, 'big'));
});

function sizeOfManifest(): number {
  return readFileSync(join(outputDir, 'big', 'run.json')).length;
}
