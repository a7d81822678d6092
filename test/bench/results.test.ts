import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from 'prettier';
import { expect, onTestFinished, test } from 'vitest';
import type { PartReport } from './report.ts';
import { reportText } from './reportText.ts';
import { writeResults } from './results.ts';

const report: PartReport = {
  title: 'Exporter',
  figures: [{ what: 'CPU a scrape', measured: '20 ms', goal: 'under 30 ms', isMet: true }],
  tables: [{ title: 'Programs', columns: ['program', 'ms'], rows: [['node_exporter', '68']] }],
  plots: [{ name: 'exporter-growth', title: 'CPU over processes', svg: '<svg/>' }],
  notes: ['One scrape a second.', 'On loopback.'],
};
const machine = 'Measured on a machine.';
const text = `### Exporter

${machine}

**Goals**

| what         | measured | ratio | goal        | met |
| ------------ | -------- | ----- | ----------- | --- |
| CPU a scrape | 20 ms    |       | under 30 ms | yes |

**Programs**

| program       | ms  |
| ------------- | --- |
| node_exporter | 68  |

![CPU over processes](plots/exporter-growth.svg)

One scrape a second.

On loopback.`;

test('a report is its goals, tables, plots and notes', () => {
  expect(reportText(report, { machine, plots: 'plots' })).toBe(text);
});

test('a terminal shows no plots, and without goals there is no table of them', () => {
  const shown = reportText({ ...report, figures: [] });
  expect(shown).not.toContain('![');
  expect(shown).not.toContain('**Goals**');
  expect(shown).toContain('**Programs**');
});

test('results take the place of the last ones, and their plots, and nothing else changes', async () => {
  const folder = benchFolder(
    '# Title\n\nAbove.\n\n<!-- exporter: written by npm run bench -->\nold\n<!-- end of exporter -->\n\nBelow.\n',
  );
  writeResults({ part: 'exporter', machine, report }, folder);
  const written = readFileSync(join(folder, 'README.md'), 'utf8');
  expect(written).toBe(
    `# Title\n\nAbove.\n\n<!-- exporter: written by npm run bench -->\n\n${text}\n\n<!-- end of exporter -->\n\nBelow.\n`,
  );
  expect(await check(written, { parser: 'markdown' })).toBe(true);
  expect(readdirSync(join(folder, 'plots'))).toEqual(['exporter-growth.svg', 'other.svg']);
  expect(readFileSync(join(folder, 'plots', 'exporter-growth.svg'), 'utf8')).toBe('<svg/>');

  writeResults({ part: 'exporter', machine, report }, folder);
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe(written);
});

test('a document without a place for results keeps its plots', () => {
  const folder = benchFolder(
    '# Title\n<!-- end of exporter -->\n<!-- exporter: written by npm run bench -->\n',
  );
  expect(() => writeResults({ part: 'exporter', machine, report }, folder)).toThrow(
    'has no place for the results of exporter',
  );
  expect(readdirSync(join(folder, 'plots'))).toEqual(['exporter-old.svg', 'other.svg']);
});

test('the document of this checkout has a place for results', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const folder = benchFolder(readme);
  writeResults({ part: 'exporter', machine, report }, folder);
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(text);
});

/** A folder with that README.md and the plots of an earlier run. */
function benchFolder(readme: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubemon-results-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'README.md'), readme);
  mkdirSync(join(folder, 'plots'));
  for (const name of ['exporter-old.svg', 'other.svg']) writeFileSync(join(folder, 'plots', name), '<svg/>');
  return folder;
}
