import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureMachine } from '../recorder/cli/fixtureMachine.ts';
import { command, runKubemon } from '../recorder/cli/runKubemon.ts';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { freePort } from '../support/freePort.ts';
import { describeWith, type Need, needs } from '../support/needs.ts';
import { type RecorderProcess, startRecorder } from '../support/recorderProcess.ts';
import { onTerminal, type Terminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubemon-completion-'));
let exporter: RunningExporter;
let recorder: RecorderProcess;

beforeAll(async () => {
  mkdirSync(join(folder, 'bin'));
  symlinkSync(command, join(folder, 'bin', 'kubemon'));
  mkdirSync(join(folder, 'results'));
  exporter = await startExporter(fixtureMachine);
  recorder = await startRecorder(join(folder, 'data'), { fixture: `http://${exporter.address}/metrics` });
  for (const run of ['baseline', 'load-1', 'load-2']) {
    await recorder.client.start(run);
    await recorder.client.stop();
  }
});

afterAll(async () => {
  await recorder.kill();
  await exporter.stop();
  rmSync(folder, { recursive: true });
});

interface Shell {
  readonly name: 'bash' | 'zsh';
  readonly need: Need;
  readonly start: readonly string[];
  readonly setUp: string;
}

const shells: readonly Shell[] = [
  { name: 'bash', need: needs.bash, start: ['bash', '--norc', '--noprofile', '-i'], setUp: '' },
  {
    name: 'zsh',
    need: needs.zsh,
    start: ['zsh', '-f', '-i'],
    setUp: 'autoload -U compinit && compinit -u -D; ',
  },
];

/** To the start of the line. */
const ctrlA = '\u0001';
/** Deletes the line. */
const ctrlU = '\u0015';

async function opened({ name, start, setUp }: Shell, host = recorder.address): Promise<Terminal> {
  const shell = onTerminal(start, {
    folder,
    environment: {
      HOME: folder,
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
      KUBEMON_HOST: host,
      PS1: '$ ',
    },
  });
  // What it echoes is not what it says.
  shell.type(`${setUp}source <(kubemon completion ${name}); echo "re""ady"\r`);
  await shell.shows('ready');
  return shell;
}

/** What the shell shows until it has echoed GOT and what stands behind it. */
async function answerTo(terminal: Terminal, typed: string): Promise<string> {
  const before = terminal.text().length;
  const answer = () => terminal.text().slice(before);
  terminal.type(typed);
  await until(`there is an answer to ${JSON.stringify(typed)}`, () => /GOT[^\n]*\n/.test(answer()));
  return answer();
}

/** Names of runs are waited for a second only, and the machine may be busy: then Tab is pressed again. */
async function completes(terminal: Terminal, typed: string, completed: string): Promise<void> {
  await until(`${JSON.stringify(typed)} becomes ${completed}`, async () =>
    (await answerTo(terminal, `${typed}${ctrlA}echo "GO""T" \r`)).includes(`GOT ${completed}`),
  );
}

for (const shell of shells) {
  describeWith([needs.python3, shell.need], `completion in ${shell.name}`, () => {
    test('of commands, options, their values, runs and files', async () => {
      const terminal = await opened(shell);
      for (const [typed, completed] of [
        ['kubemon stat\t', 'kubemon status'],
        ['kubemon start x --int\t', 'kubemon start x --interval'],
        ['kubemon export base\t', 'kubemon export baseline'],
        ['kubemon export baseline --format par\t', 'kubemon export baseline --format parquet'],
        ['kubemon export baseline --format=par\t', 'kubemon export baseline --format=parquet'],
        ['kubemon fetch lo\t1 res\t', 'kubemon fetch load-1 results'],
        [`kubemon --host ${recorder.address} fetch b\t`, `kubemon --host ${recorder.address} fetch baseline`],
        [`kubemon --host=${recorder.address} fetch b\t`, `kubemon --host=${recorder.address} fetch baseline`],
        ['kubemon completion z\t', 'kubemon completion zsh'],
        ['kubemon help exp\te\t', 'kubemon help exporter'],
      ] as const) {
        await completes(terminal, typed, completed);
      }
      terminal.type('exit\r');
      expect(await terminal.ended).toBe(0);
    });

    test('lists what is possible', async () => {
      const terminal = await opened(shell);
      terminal.type('kubemon st\t\t');
      for (const name of ['start', 'status', 'stop']) await terminal.shows(name);
      await until('the runs are listed', async () => {
        const answer = await answerTo(terminal, `${ctrlU}kubemon summary lo\t\t\t${ctrlU}echo "GO""T" \r`);
        return answer.includes('load-1') && answer.includes('load-2');
      });
      terminal.type(`${ctrlU}exit\r`);
      expect(await terminal.ended).toBe(0);
    });

    test('where no recorder answers there is nothing, and not a word why', async () => {
      const terminal = await opened(shell, `127.0.0.1:${await freePort()}`);
      terminal.type(`kubemon fetch b\t${ctrlA}echo "GO""T" \r`);
      await terminal.shows('GOT kubemon fetch b');
      terminal.type(`${ctrlU}exit\r`);
      expect(await terminal.ended).toBe(0);
      expect(terminal.text()).not.toMatch(/No recorder answers/);
    });
  });
}

test.each([
  ['kubemon ', /^(help\t.*\n)(local\t.*\n)(check\t.*\n)(exporter\t.*\n)(recorder\t.*\n)(start\t.*\n)/],
  ['kubemon fetch ', /^load-2\t\nload-1\t\nbaseline\t\n$/],
  ['kubemon start ', /^$/],
  ['kubemon nonsense ', /^$/],
  ['kubemon --host', /^--host\tWhere the recorder is; .*\n$/],
  ['kubemon recorder --output-d', /^--output-dir\t.*\n$/],
  ['kubemon recorder --output-dir ', /^:\n$/],
  ['kubemon status --output-d', /^$/],
  ['kubemon verify ba', /^baseline\t\n:\n$/],
])('what the scripts ask: %j', async (line, answer) => {
  const ask = () => runKubemon(['complete', '--', line], { KUBEMON_HOST: recorder.address });
  // Names of runs are waited for a second only, and the machine may be busy.
  await expect
    .poll(ask, { timeout: 60_000 })
    .toEqual({ code: 0, stdout: expect.stringMatching(answer), stderr: '' });
});
