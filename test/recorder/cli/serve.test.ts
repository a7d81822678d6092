import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../support/freePort.ts';
import { until } from '../../support/until.ts';
import { fixtureMachine } from './fixtureMachine.ts';
import { runKubemon } from './runKubemon.ts';
import { runningKubemon } from './runningKubemon.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const serving = [
  { name: 'exporter', portVariable: 'MONITOR_PORT', portFlag: '--monitor-port', probe: '/healthz' },
  { name: 'recorder', portVariable: 'RECORDER_PORT', portFlag: '--recorder-port', probe: '/healthz' },
];

describe.each(serving)('kubemon $name', ({ name, portVariable, portFlag, probe }) => {
  const settings = { ...fixtureMachine, LISTEN_ADDRESS: '127.0.0.1', OUTPUT_DIR: temporaryFolder() };

  test.each(['SIGINT', 'SIGTERM'] as const)('ends cleanly with exit 0 on %s', async (signal) => {
    const port = await freePort();
    const kubemon = runningKubemon([name, portFlag, String(port)], settings);
    await until('it answers', () => answers(port, probe), 20);
    const asked = Date.now();
    process.kill(kubemon.pid, signal);
    expect(await kubemon.ended).toBe(0);
    expect(Date.now() - asked).toBeLessThan(5000);
  });

  test('a port in use is one sentence and exit 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      expect(
        await runKubemon([name], { ...settings, LOG_LEVEL: 'silent', [portVariable]: String(port) }),
      ).toEqual({
        code: 1,
        stdout: '',
        stderr: `Port ${port} is in use: end what listens there, or choose another port with ${portFlag}.\n`,
      });
    } finally {
      other.close();
    }
  });

  test('a wrong setting is one sentence and exit 2', async () => {
    expect(await runKubemon([name], { ...settings, [portVariable]: 'http' })).toEqual({
      code: 2,
      stdout: '',
      stderr: `${portVariable} (${portFlag}) is "http", but it must be a whole number from 0 to 65535.\n`,
    });
  });

  test('--help names every setting with flag, variable and default', async () => {
    const { code, stdout } = await runKubemon([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(portFlag);
    expect(stdout).toMatch(new RegExp(`\\[${portVariable},\\s+default:\\s+98\\d\\d\\]`));
  });
});

async function answers(port: number, path: string): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}${path}`).then(
    ({ ok }) => ok,
    () => false,
  );
}
