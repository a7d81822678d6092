import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createFleet, type Started } from '../support/fleet.ts';
import { freePort } from '../support/freePort.ts';
import { startKubemon } from '../support/kubemon.ts';
import { describeWith, needs } from '../support/needs.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describeWith([needs.docker, needs.pandas, needs.matplotlib], 'the worked example of the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-readme-'));
  let worker: Started;
  let printed: string;
  beforeAll(async () => {
    const fleet = createFleet('readme');
    worker = await fleet.start('worker', 'while :; do :; done', '--cpus', '0.5');
    const settings = {
      OUTPUT_DIR: join(folder, 'data'),
      MONITOR_PORT: String(await freePort()),
      RECORDER_PORT: String(await freePort()),
    };
    const run = ['--once', '--run', 'demo', '--for', '5', '--interval', '0.5'];
    const kubemon = startKubemon(['local', ...run], settings);
    await kubemon.ended;
    printed = kubemon.output();
    return async () => {
      await fleet.remove();
      rmSync(folder, { recursive: true });
    };
  });

  test('records a valid run', () => {
    expect(printed).toMatch(/^Verdict +valid$/m);
  });

  test('plots the CPU of a container at its limit of half a core', () => {
    const [, example = ''] = /```python\n([\s\S]*?)```/.exec(readme) ?? [];
    writeFileSync(join(folder, 'plot.py'), `${example}\nprint(cores["${worker.name}"].median())\n`);
    const median = Number(execFileSync('python3', ['plot.py'], { cwd: folder, encoding: 'utf8' }));
    expect(median).toBeGreaterThan(0.2);
    expect(median).toBeLessThan(0.7);
    expect(readFileSync(join(folder, 'cpu.png')).toString('latin1', 1, 4)).toBe('PNG');
  });
});
