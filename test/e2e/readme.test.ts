import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runKubemon } from '../recorder/cli/runKubemon.ts';
import { query } from '../support/duckdb.ts';
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

  test('records a run', () => {
    expect(printed).toMatch(/^Verdict +(valid|degraded)$/m);
  });

  test('plots the CPU of a container at its limit of half a core', () => {
    const [, example = ''] = /```python\n([\s\S]*?)```/.exec(readme) ?? [];
    writeFileSync(join(folder, 'plot.py'), `${example}\nprint(cores["${worker.name}"].median())\n`);
    const median = Number(execFileSync('python3', ['plot.py'], { cwd: folder, encoding: 'utf8' }));
    expect(median).toBeGreaterThan(0.2);
    expect(median).toBeLessThan(0.7);
    expect(readFileSync(join(folder, 'cpu.png')).toString('latin1', 1, 4)).toBe('PNG');
  });

  describeWith([needs.duckdb], 'and its data', () => {
    const [, chapter = ''] = readme.split(/^(?=## Working with the data$)/m);
    const [section = ''] = chapter.split(/^(?=## (?!Working))/m);
    const blocks = (language: string) =>
      Array.from(section.matchAll(/```(\w+)\n([\s\S]*?)```/g), ([, name, text = '']) => ({ name, text }))
        .filter(({ name }) => name === language)
        .map(({ text }) => text);
    test('are summed up and exported by its commands', async () => {
      const commands = blocks('console').flatMap((text) => text.match(/(?<=^\$ npx kubemon ).*/gm) ?? []);
      expect(commands).toHaveLength(3);
      for (const command of commands) {
        const { code, stderr } = await runKubemon(command.split(' '), {}, folder);
        expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
      }
    });

    test('are then read by the example of pandas', () => {
      const [example = ''] = blocks('python');
      writeFileSync(
        join(folder, 'rates.py'),
        `${example}\nprint("cores", cores["${worker.name}"].median())\n`,
      );
      const output = execFileSync('python3', ['rates.py'], { cwd: folder, encoding: 'utf8' });
      const cores = Number(/^cores (.*)$/m.exec(output)?.[1]);
      expect(cores).toBeGreaterThan(0.2);
      expect(cores).toBeLessThan(0.7);
    });

    test('and by those of DuckDB, from CSV and from Parquet', async () => {
      const examples = blocks('sql');
      expect(examples).toHaveLength(2);
      for (const example of examples) {
        const rows = await query(example, folder);
        const found = rows.find(({ container }) => container === worker.name);
        const cores = Number(found?.['cores'] ?? found?.['mean']);
        expect(cores).toBeGreaterThan(0.2);
        expect(cores).toBeLessThan(0.7);
      }
    });
  });
});
