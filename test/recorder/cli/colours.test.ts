import { expect, test } from 'vitest';
import { freePort } from '../../support/freePort.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { onTerminal } from '../../support/terminal.ts';
import { command, runKubemon } from './runKubemon.ts';

const bold = '\u001B[1m';

test.each([
  [{}, false],
  [{ FORCE_COLOR: '1' }, true],
  [{ FORCE_COLOR: '' }, true],
  [{ FORCE_COLOR: '0' }, false],
  [{ NO_COLOR: '1' }, false],
])('in a pipe with %j: %j', async (settings, isColoured) => {
  const { stdout } = await runKubemon(['check'], settings);
  expect(stdout.includes(bold)).toBe(isColoured);
  const help = await runKubemon(['--help'], settings);
  expect(help.stdout.includes(`${bold}Usage:`)).toBe(isColoured);
});

describeWith([needs.python3], 'on a terminal', () => {
  test.each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
    [{ FORCE_COLOR: '0' }, false],
  ])('with %j: %j', async (environment, isColoured) => {
    const terminal = onTerminal([process.execPath, command, 'check'], { environment });
    expect(await terminal.ended).toBe(0);
    expect(terminal.raw().includes(bold)).toBe(isColoured);
  });

  test('no row of a table is wider than the terminal, and in a pipe none is cut', async () => {
    const settings = { NO_COLOR: '1', HOME: '/', KUBEMON_HOST: `127.0.0.1:${await freePort()}` };
    const terminal = onTerminal([process.execPath, command, 'check'], { environment: settings, columns: 20 });
    expect(await terminal.ended).toBe(0);
    const { stdout } = await runKubemon(['check'], settings);
    expect(stdout).toMatch(/^SCOPE +FOUND +METRICS READ$/m);
    expect(terminal.text()).toMatch(/^SCOPE +FOUND$/m);
  });
});
