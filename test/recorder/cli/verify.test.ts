import { appendFileSync, cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { type RunningRecorder, startRecorder } from './runningRecorder.ts';
import { runKubemon } from './runKubemon.ts';
import { temporaryFolder } from './temporaryFolder.ts';

let recorder: RunningRecorder;
const outputDir = temporaryFolder();
const here = temporaryFolder();
/** Where downloads are put. */
const downloads = temporaryFolder();

beforeAll(async () => {
  recorder = await startRecorder({ OUTPUT_DIR: outputDir });
  const { client } = recorder;
  await until('the exporter is connected', async () => (await client.daemons()).connected === 1);
  const ticks = async () => (await client.status()).recording?.ticks.done ?? 0;
  await client.start('done', { interval: 0.25 });
  await until('ticks are done', async () => (await ticks()) >= 3);
  await client.stop();
  cpSync(join(outputDir, 'done'), join(here, 'done'), { recursive: true });
  cpSync(join(outputDir, 'done'), join(here, 'damaged'), { recursive: true });
  appendFileSync(join(here, 'damaged', 'node.csv'), 'x\n');
  mkdirSync(join(here, 'empty'));
  await client.start('on', { interval: 0.25 });
  await until('ticks are done', async () => (await ticks()) >= 3);
}, 60_000);

afterAll(async () => {
  await recorder.stop();
});

function verify(...args: readonly string[]) {
  return runKubemon(['verify', ...args], { KUBEMON_HOST: recorder.address, TMPDIR: downloads }, here);
}

test.each([['done'], ['./done'], [join(here, 'done')]])(
  'the folder %s of a run is verified here',
  async (path) => {
    const { code, stdout, stderr } = await verify(path, '--host', 'nobody.invalid');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Run +done \(stopped\)\nFolder +\/.*\/done\nRead +13 files, [\d,]+ rows, [\d.]+ kB, \d+ ticks\nWhole up to +\d{4}-\S+Z\nResult +verified\n$/,
    );
  },
);

test('what is wrong is told with its place, and the command fails', async () => {
  const { code, stdout, stderr } = await verify('./damaged');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `${join(here, 'damaged')} is damaged: it is not what was recorded.\n`,
  });
  expect(stdout).toMatch(
    /^Result +damaged\n\nDAMAGE +LINE +BYTE +TICK +WHAT\nnode\.csv +- +[\d,]+ +- +2 bytes lie behind the end of what was recorded\n$/m,
  );
});

test('--json prints what the function gives', async () => {
  const { code, stdout } = await verify('damaged', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    path: join(here, 'damaged'),
    run: 'done',
    state: 'stopped',
    isVerified: false,
    findings: [
      { file: 'node.csv', severity: 'damage', byte: expect.any(Number), sentence: expect.any(String) },
    ],
    untold: {},
  });
});

test('a run that the recorder holds is downloaded, verified and deleted', async () => {
  // Not the folder of that name.
  const { code, stdout, stderr } = await runKubemon(
    ['verify', 'done'],
    { KUBEMON_HOST: recorder.address, TMPDIR: downloads },
    downloads,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^Run +done \(stopped\)\nFolder +done\nRead +12 files, .*\nWhole up to +\S+Z\nResult +verified\n$/,
  );
  expect(readdirSync(downloads)).toEqual([]);
});

test('so is the run that is on, as far as it is, again and again', async () => {
  for (let time = 0; time < 5; time++) {
    const verification = await recorder.client.verify('on');
    expect(verification).toMatchObject({ path: 'on', run: 'on', state: 'recording', isVerified: true });
    expect(verification.findings[0]?.sentence).toContain(
      `its files are whole up to the tick ${verification.wholeTo ?? ''}`,
    );
  }
});

test.each([
  [
    'empty',
    (folder: string) =>
      `${folder}/empty is no run's folder: it has neither a run.json that can be read nor a journal.jsonl.\n`,
  ],
  ['./nowhere', (folder: string) => `There is no folder ${folder}/nowhere.\n`],
])('%s is none', async (path, stderr) => {
  expect(await verify(path)).toEqual({ code: 1, stdout: '', stderr: stderr(here) });
});

test('without a run it is wrong usage', async () => {
  const { code, stderr } = await verify();
  expect(code).toBe(2);
  expect(stderr).toContain("missing required argument 'run'");
});
