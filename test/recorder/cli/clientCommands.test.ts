import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StatusAnswer } from '../../../recorder/api.ts';
import { freePort } from '../../support/freePort.ts';
import { until } from '../../support/until.ts';
import { type RunningRecorder, startRecorder } from './runningRecorder.ts';
import { type Ended, runKubemon } from './runKubemon.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** One recorder with one exporter; the tests tell the story of one run, in their order. */
let recorder: RunningRecorder;
const outputDir = temporaryFolder();
const here = temporaryFolder();
const tokenFile = join(here, 'token');

beforeAll(async () => {
  writeFileSync(tokenFile, 'open sesame\n');
  recorder = await startRecorder({ OUTPUT_DIR: outputDir, AUTH_TOKEN_FILE: tokenFile });
}, 30_000);

afterAll(async () => {
  await recorder.stop();
});

function kubemon(...args: readonly string[]): Promise<Ended> {
  return runKubemon(args, { KUBEMON_HOST: recorder.address, KUBEMON_TOKEN: 'open sesame' }, here);
}

function done(stdout: string): Ended {
  return { code: 0, stdout, stderr: '' };
}

test('alive', async () => {
  expect(await kubemon('alive')).toEqual(done('Collector is alive!\n'));
});

test('daemons: who is connected', async () => {
  await until('the exporter is connected', async () => (await recorder.client.daemons()).connected === 1, 20);
  const { code, stdout } = await kubemon('daemons');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^1 daemon connected, 1 expected \(.+\)\n\nNAME +NODE +ADDRESS +STATE +SINCE/);
  expect(stdout).toMatch(
    /^fixture +fixture +127\.0\.0\.1:\d+ +connected +\d{4}-\d\d-\d\d .+ 5\.15\.0-105-generic/m,
  );
});

test('runs: none yet', async () => {
  expect(await kubemon('runs')).toEqual(done('No runs yet.\n'));
});

test('stop is refused when nothing is recording', async () => {
  const { code, stdout, stderr } = await kubemon('stop');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\.\n$/);
});

test('a changing call without the token is refused; the file of the token does, too', async () => {
  const without = await runKubemon(['start', 'test000', '--host', recorder.address]);
  expect({ code: without.code, stdout: without.stdout }).toEqual({ code: 1, stdout: '' });
  expect(without.stderr).toBe(
    'This call needs the token: Authorization: Bearer TOKEN. ' +
      'Say with --token-file FILE (AUTH_TOKEN_FILE) which token the recorder wants.\n',
  );
  const byFile = await runKubemon(['stop', '--host', recorder.address, '--token-file', tokenFile]);
  expect(byFile.stderr).not.toMatch(/token/i);
  const typed = ['stop', '--host', recorder.address, '--token-file', tokenFile];
  const overVariable = await runKubemon(typed, { KUBEMON_TOKEN: 'of yesterday' });
  expect(overVariable.stderr).not.toMatch(/token/i);
  expect(await runKubemon(['stop', '--host', recorder.address, '--token-file', '/nowhere'])).toEqual({
    code: 1,
    stdout: '',
    stderr:
      "The token cannot be read: ENOENT: no such file or directory, open '/nowhere'. Correct --token-file or AUTH_TOKEN_FILE.\n",
  });
});

test('start', async () => {
  expect(
    await kubemon('start', 'test000', '--interval', '0.2', '--label', 'load=high', '--label', 'a=b=c'),
  ).toEqual(done(`Starting 1 daemons and saving data at ${hostname()}:${join(outputDir, 'test000')}\n`));
});

test('a second start is refused', async () => {
  const { code, stderr } = await kubemon('start', 'test001');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^[^\n]*test000[^\n]*\n$/);
});

test('status: what is recorded, tick by tick', async () => {
  await until(
    'three ticks are done',
    async () => ((await recorder.client.status()).recording?.ticks.done ?? 0) >= 3,
    20,
  );
  const { code, stdout } = await kubemon('status');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^(Yes|Partly|No)\. .+\n\nRun +test000, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n/);
  expect(stdout).toMatch(/^Ticks +\d+ of \d+ done, \d+ dropped$/m);
  expect(stdout).toMatch(/^Daemons +1 of 1 up\nDisk +[\d.]+ [GT]B free/m);
});

test('--json prints the answer of the API', async () => {
  const { code, stdout } = await kubemon('status', '--json');
  expect(code).toBe(0);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the next line shows that it is one
  const status = JSON.parse(stdout) as StatusAnswer;
  expect(status.recording).toMatchObject({ run: 'test000', interval: 0.2 });
});

test('instances: one os, its containers, its processes', async () => {
  const { code, stdout } = await kubemon('instances');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^NODE +TARGET +OS +CONTAINERS +PROCESSES\nfixture +fixture +1 +8 +11\n20 monitor instances\n$/,
  );
});

test('mark names this moment', async () => {
  const { code } = await kubemon('mark', 'load', 'begins');
  expect(code).toBe(0);
});

test('fetch of the run that is on says that there is more to come', async () => {
  const { code, stdout } = await kubemon('fetch', 'test000', 'early');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /\/early\/test000: [\d.]+ [kM]B so far\. The run is still on: after its end, fetch it again into another folder\.\n$/,
  );
});

test('stop prints the summary', async () => {
  const { code, stdout } = await kubemon('stop');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Stopped collector/);
  expect(stdout).toMatch(/^process\.csv +[\d,]+ +[\d.]+ [kM]B$/m);
  expect(stdout).toMatch(/^Daemons +1 recorded, 1 expected$/m);
  expect(stdout).toMatch(/^Alignment +p99 [\d.]+ ms/m);
  expect(stdout).toMatch(/^Verdict +(valid|degraded|inconclusive)$/m);
  expect(stdout).toContain(`Folder     ${join(outputDir, 'test000')}\n`);
});

test('runs lists it', async () => {
  const { stdout } = await kubemon('runs');
  expect(stdout).toMatch(/^RUN +STATE +START \(UTC\) +TICKS +SIZE +VERDICT\ntest000 +stopped +/);
});

test('fetch downloads and verifies it', async () => {
  const { code, stdout, stderr } = await kubemon('fetch', 'test000', 'copies');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const path = join(here, 'copies', 'test000');
  expect(stdout).toMatch(
    /^[^\n]+\/copies\/test000: [\d.]+ [kM]B, (\d+) files of \1 verified \(SHA-256\), (valid\n$|degraded\n|inconclusive\n)/,
  );
  for (const file of ['run.json', 'node.csv', 'process.csv', 'marks.csv']) {
    expect(readFileSync(join(path, file))).toEqual(readFileSync(join(outputDir, 'test000', file)));
  }
  expect(readFileSync(join(path, 'marks.csv'), 'utf8')).toContain('load begins');
});

test('fetch overwrites nothing', async () => {
  const path = join(here, 'copies', 'test000');
  expect(await kubemon('fetch', 'test000', 'copies')).toEqual({
    code: 1,
    stdout: '',
    stderr: `${path} exists already and is left as it is: move it, or name another folder.\n`,
  });
});

test('fetch of a run that there is not', async () => {
  const { code, stderr } = await kubemon('fetch', 'test999');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^[^\n]*test999[^\n]*\n$/);
  expect(existsSync(join(here, 'test999'))).toBe(false);
});

test('--json of a run that is watched is a line for each status, and one for its end', async () => {
  const args = ['start', 'watched', '--interval', '0.5', '--for', '2', '--watch', '--json'];
  const { code, stdout } = await kubemon(...args);
  expect(code).toBe(0);
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(answers.length).toBeGreaterThan(1);
  for (const status of answers.slice(0, -1)) expect(status).toMatchObject({ recording: { run: 'watched' } });
  expect(answers.at(-1)).toMatchObject({ manifest: { run: 'watched', state: 'stopped' } });
});

test('no recorder: where it looked and what to do', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  expect(await runKubemon(['alive', '--host', address])).toEqual({
    code: 1,
    stdout: '',
    stderr:
      `No recorder answers at http://${address} (connection refused). ` +
      'Start one with `kubemon recorder` or `kubemon local`, or say where it is with --host HOST[:PORT].\n',
  });
});

test('something else answers', async () => {
  const { code, stderr } = await runKubemon(['alive', '--host', recorder.exporterAddress]);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `What answers at http://${recorder.exporterAddress} (status 404) is not a kubemon recorder: correct --host HOST[:PORT].\n`,
  );
});

test.each([
  [['start'], "missing required argument 'run'"],
  [['start', 'x', '--interval', '0.01'], 'It must be seconds from 0.1 to 86400.'],
  [['start', 'x', '--for', 'soon'], 'It must be a duration such as 90, 90s, 10m or 1h.'],
  [['start', 'x', '--label', 'nothing'], 'It must be KEY=VALUE.'],
  [['mark'], "missing required argument 'label'"],
  [['alive', '--host', 'a b'], 'It must be HOST, HOST:PORT or https://HOST:PORT.'],
  [['statsu'], "unknown command 'statsu'"],
  [['alive', '--fast'], "unknown option '--fast'"],
  [['alive', 'now'], 'too many arguments'],
  [['help', 'nonsense'], "error: unknown command 'nonsense'\n"],
  [[], 'Usage: kubemon'],
])('%j is wrong usage', async (args, message) => {
  const { code, stdout, stderr } = await runKubemon(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test.each([['--help'], ['help'], ['help', 'start'], ['start', '--help'], ['--version']])(
  '%j %j is none',
  async (...args) => {
    const { code, stderr } = await runKubemon(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  },
);
