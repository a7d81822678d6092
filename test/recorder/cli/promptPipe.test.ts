import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningRecorder, startRecorder } from './runningRecorder.ts';
import { command, type Ended } from './runKubemon.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** The prompt where stdin is no terminal. */
let recorder: RunningRecorder;
const folder = temporaryFolder();

beforeAll(async () => {
  recorder = await startRecorder({ OUTPUT_DIR: join(folder, 'data') });
}, 30_000);

afterAll(async () => {
  await recorder.stop();
});

function pipe(lines: string, args: readonly string[] = ['--host', recorder.address]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: folder };
    const child = execFile(process.execPath, [command, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(lines);
  });
}

const greeting = 'Waiting for recorder to be alive\nRecorder is alive!\n';

test('each line is run; stdout has what the commands say, and no prompt', async () => {
  expect(await pipe('alive\n\n# twice\nkubemon alive')).toEqual({
    code: 0,
    stdout: 'Collector is alive!\nCollector is alive!\n',
    stderr: greeting,
  });
});

test('the exit code is that of the last that failed, and what follows is run all the same', async () => {
  const { code, stdout, stderr } = await pipe('statsu\nstop\nalive\n');
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'Collector is alive!\n' });
  expect(stderr).toBe(
    `${greeting}error: unknown command 'statsu'\n(Did you mean status?)\n(help lists the commands)\nNothing is recording.\n`,
  );
  expect(await pipe('stop\nalive --fast\nalive\n')).toMatchObject({ code: 2 });
});

test('exit ends it before the rest', async () => {
  expect(await pipe('exit\nalive\n')).toEqual({ code: 0, stdout: '', stderr: greeting });
});

test('options of the prompt hold for each command', async () => {
  const { stdout } = await pipe('alive\n', ['--host', recorder.address, '--json']);
  expect(JSON.parse(stdout)).toEqual({ message: 'Collector is alive!' });
});

test('prompt says the same', async () => {
  expect(await pipe('alive\n', ['prompt', '--host', recorder.address])).toMatchObject({
    code: 0,
    stdout: 'Collector is alive!\n',
  });
});

test('a run from start to summary', async () => {
  const { code, stdout } = await pipe(
    "start piped --interval 0.2 --for 2 --watch --label 'of=a pipe'\nsummary piped\nruns\n",
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Verdict +(valid|degraded|inconclusive)$/m);
  expect(stdout).toMatch(/^piped \(stopped\): \d+ ticks/m);
  expect(stdout).toMatch(/^piped +stopped +/m);
});

test('nothing that came through a pipe is kept as history', () => {
  expect(existsSync(join(folder, '.local'))).toBe(false);
});
