import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/freePort.ts';
import { answers, until } from '../support/until.ts';
import { fixtureMachine, settingsOf } from './machine.ts';

const command = join(import.meta.dirname, '../../dist/recorder/cli/main.js');

/** Starts the exporter of a machine made of files in a process that may have so few files open. */
async function startWithin(openFiles: number): Promise<string> {
  const port = await freePort();
  const limited = ['-c', `ulimit -n ${openFiles} && exec "$@"`, 'sh'];
  const exporter = spawn('sh', [...limited, process.execPath, command, 'exporter'], {
    env: {
      ...process.env,
      ...settingsOf(fixtureMachine('v1')),
      LISTEN_ADDRESS: '127.0.0.1',
      MONITOR_PORT: String(port),
      LOG_LEVEL: 'silent',
    },
    stdio: 'ignore',
  });
  const ended = once(exporter, 'close');
  onTestFinished(async () => {
    exporter.kill('SIGTERM');
    await ended;
  });
  const url = `http://127.0.0.1:${port}/metrics`;
  await until('the exporter answers', () => answers(`http://127.0.0.1:${port}/healthz`));
  return url;
}

async function scrape(url: string): Promise<string> {
  return (await fetch(url)).text();
}

function linesOf(text: string, scope: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith(`kubemon_${scope}_`));
}

const golden = readFileSync(join(import.meta.dirname, '../golden/machine-v1.prom'), 'utf8');

test.each([64, 128])(
  'of %i files every thing is shown, and few files are held',
  { timeout: 60_000 },
  async (limit) => {
    const url = await startWithin(limit);
    await until('containers are shown', async () => (await scrape(url)).includes('kubemon_container_pids'));
    for (let scrapes = 0; scrapes < 3; scrapes++) {
      const text = await scrape(url);
      for (const scope of ['node', 'container', 'process']) {
        expect(linesOf(text, scope)).toEqual(linesOf(golden, scope));
      }
      expect(text).not.toContain('too_many_open_files');
      const held = /^kubemon_exporter_held_descriptors (\d+)$/m.exec(text)?.[1];
      // This machine has over a hundred files.
      expect(Number(held)).toBe(Math.max(0, (limit - 48) * 0.75));
    }
  },
);
