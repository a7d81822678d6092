import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freePort } from '../../support/freePort.ts';
import { describeWith } from '../../support/needs.ts';
import { fixtureMachine } from './fixtureMachine.ts';
import { command } from './runKubemon.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const run = promisify(execFile);
const outputDir = temporaryFolder();

function script(): string | undefined {
  try {
    execFileSync('script', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no "script" (package bsdutils or util-linux) to make a terminal';
  }
}

/** What a terminal of 80 columns gets from a first run of three ticks; an escape sequence ESC [ x is shown as <x>. */
async function onTerminal(settings: Readonly<Record<string, string>>): Promise<string> {
  const line = `stty cols 80; '${process.execPath}' '${command}' local --once --for 1.5 --interval 0.5`;
  const { stdout } = await run('script', ['-qec', line, '/dev/null'], {
    env: {
      PATH: process.env['PATH'],
      TERM: 'xterm-256color',
      ...fixtureMachine,
      OUTPUT_DIR: outputDir,
      MONITOR_PORT: String(await freePort()),
      RECORDER_PORT: String(await freePort()),
      ...settings,
    },
  });
  return stdout.split('\u001B[').map(readable).join('');
}

function readable(part: string, index: number): string {
  return index === 0 ? part : part.replace(/^[\d;?]*[A-Za-z]/, '<$&>');
}

describeWith([script], 'on a terminal', () => {
  test('a bar grows in its line, and colours show', { timeout: 30_000 }, async () => {
    const text = await onTerminal({});
    expect(text).toMatch(
      /^<1G>░{24} 0 of 3 ticks<0K><1G>█{8}░{16} 1 of 3 ticks, [\d,]+ rows<0K><1G>█{16}░{8} 2 of 3 ticks/m,
    );
    expect(text).toMatch(/<1G>█{24} 3 of 3 ticks, [\d,]+ rows<0K>\r\n/);
    expect(text).toContain('<1m>FILE<22m>');
  });

  test('NO_COLOR leaves the bar and takes the colours', { timeout: 30_000 }, async () => {
    const text = await onTerminal({ NO_COLOR: '1' });
    expect(text).toMatch(/<1G>█{8}░{16} 1 of 3 ticks/);
    expect(text).not.toMatch(/<\d+m>/);
  });
});
