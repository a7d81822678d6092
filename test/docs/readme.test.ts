import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Setting } from '../../exporter/serve/settings.ts';
import { exporterSettings } from '../../exporter/settings.ts';
import { createProgram } from '../../recorder/cli/program.ts';
import { csvFiles } from '../../recorder/csv/columns.ts';
import { recorderSettings } from '../../recorder/settings.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('the README names every setting with its default', () => {
  const settings: readonly Setting<unknown>[] = [
    ...Object.values(exporterSettings),
    ...Object.values(recorderSettings),
  ];
  const section = readme.slice(readme.indexOf('## Settings'));
  for (const { env, default: text = '' } of settings) {
    const row = section.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${env}\``));
    expect(row?.replaceAll('\\|', '|'), env).toContain(text);
  }
});

test('the README names every command', async () => {
  const inShell = { interruption: () => new AbortController().signal, openPrompt: () => Promise.resolve() };
  const program = await createProgram('0', inShell);
  for (const command of program.createHelp().visibleCommands(program))
    expect(readme, command.name()).toMatch(command.name());
});

test('the README names every file of a run', () => {
  for (const { name } of csvFiles) expect(readme).toContain(`\`${name}\``);
});
